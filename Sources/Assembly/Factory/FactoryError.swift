// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Why the factory stopped or refused an order.
package enum FactoryError: Error, Equatable, CustomStringConvertible {
    case alreadyRunning(HostPath)
    case unknownImage(String, known: [String])
    case unknownTag(image: String, tag: String, known: [String])
    case nothingToRollBackTo(image: String, tag: String)
    case notHeld(image: String, tag: String)
    case duplicateImage(String, first: HostPath, second: HostPath)

    package var description: String {
        switch self {
        case .alreadyRunning(let path):
            "another factory works in '\(path)'; one at a time may (its lock is released when it ends)"
        case .unknownImage(let name, let known):
            "there is no image '\(name)' in this factory; it has \(known.isEmpty ? "none yet" : known.joined(separator: ", "))"
        case .unknownTag(let image, let tag, let known):
            "'\(image)' has no tag '\(tag)'; it has \(known.isEmpty ? "none yet" : known.joined(separator: ", "))"
        case .nothingToRollBackTo(let image, let tag):
            "'\(image):\(tag)' has no earlier published digest to go back to"
        case .notHeld(let image, let tag): "'\(image):\(tag)' is not held; only a rollback holds a tag"
        case .duplicateImage(let name, let first, let second):
            "'\(first)' and '\(second)' both define an image called '\(name)'; name them apart with the annotation "
                + "org.opencontainers.image.title or by folder"
        }
    }
}
