// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Why an image could not be started.
package enum RunningError: Error, Equatable, CustomStringConvertible {
    case notAnImage(Digest, reason: String)
    case layerCount(Digest, layers: Int, diffIDs: Int)
    case layer(Digest, reason: String)
    case wrongDiffID(layer: Digest, expected: Digest, found: Digest)
    /// The image's account files lack the user that it wants to be.
    case unknownUser(String)
    case nothingToRun
    case programNotFound(String, path: String)
    /// A file that Slipway must read in the image.
    case unreadable(ImagePath, reason: String)
    case noEmulator(architecture: String)
    case notStatic(program: String, path: HostPath)
    case badMount(String)

    package var description: String {
        switch self {
        case .notAnImage(let digest, let reason): "\(digest) is no image that can be started: \(reason)"
        case .layerCount(let digest, let layers, let diffIDs):
            "the manifest \(digest) has \(layers) layers and its configuration \(diffIDs); build the image again"
        case .layer(let digest, let reason): "the layer \(digest) cannot be unpacked: \(reason)"
        case .wrongDiffID(let layer, let expected, let found):
            "the layer \(layer) holds other bytes than its image's configuration says (\(found) and not \(expected)); "
                + "do not use this image"
        case .unknownUser(let user):
            "the image wants to run as '\(user)', whom its etc/passwd and etc/group do not know; "
                + "add the account or give numbers"
        case .nothingToRun: "the image has neither entrypoint nor cmd; say what to run"
        case .programNotFound(let name, let path): "the image has no program '\(name)' in its PATH (\(path))"
        case .unreadable(let path, let reason): "the image's \(path) cannot be read: \(reason)"
        case .noEmulator(let architecture):
            "no emulator runs programs of \(architecture) here; run such an image on a machine of its own kind"
        case .notStatic(let program, let path):
            "\(path) needs libraries, which the image does not have; a test can borrow static programs only "
                + "(for busybox: `apt-get install busybox-static`), and '\(program)' is none"
        case .badMount(let path): "'\(path)' is no place in an image at which something can be mounted"
        }
    }
}
