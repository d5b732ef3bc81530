// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Why an image could not be read. What is merely odd about it is a diagnostic of its inventory.
package enum InspectingError: Error, Equatable, CustomStringConvertible {
    case notAnImage(String, mediaType: MediaType)
    case noPlatform(wanted: Platform, available: [Platform])
    case tooManyManifests(Int, limit: Int)
    case layerCount(manifest: Digest, layers: Int, diffIDs: Int)
    /// The layer's uncompressed bytes are not those that the configuration names.
    case wrongDiffID(layer: Digest, expected: Digest, found: Digest)
    case layer(Digest, reason: String)
    /// A file from which the packages or the distribution are read.
    case database(ImagePath, reason: String)
    /// A base image in which nothing says what is installed.
    case noDatabase([String])
    case unreadable(what: String, reason: String)
    case tooManyFiles(HostPath, limit: Int)

    package var description: String {
        switch self {
        case .notAnImage(let what, let mediaType):
            "\(what) is no image: its media type is \(mediaType); name an image's index or manifest"
        case .noPlatform(let wanted, let available):
            "the image is not there for \(wanted); it is for \(available.map(\.description).joined(separator: ", "))"
        case .tooManyManifests(let count, let limit):
            "the index lists \(count) manifests; at most \(limit) are read"
        case .layerCount(let manifest, let layers, let diffIDs):
            "the manifest \(manifest) has \(layers) layers and its configuration \(diffIDs); build the image again"
        case .wrongDiffID(let layer, let expected, let found):
            "the layer \(layer) holds other bytes than its image's configuration says (\(found) and not \(expected)); "
                + "do not use this image"
        case .layer(let digest, let reason): "the layer \(digest) cannot be read: \(reason)"
        case .database(let path, let reason): "the image's \(path) cannot be read: \(reason)"
        case .noDatabase(let places):
            "the image has no package database (\(places.joined(separator: ", "))); one can only stand on an image of "
                + ".apk packages"
        case .unreadable(let what, let reason): "\(what) cannot be read: \(reason)"
        case .tooManyFiles(let path, let limit):
            "\(path) holds more than \(limit) files; is it a root file system?"
        }
    }
}
