// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// A document that is an index to one reader and a manifest to another is refused, whatever its signature covers
/// (image-spec, manifest.md, "mediaType"; CVE-2021-41190).
struct ManifestShape: Decodable {
    var mediaType: String?
    var manifests: JSONValue?
    var layers: JSONValue?
    var config: JSONValue?

    /// Why these bytes are not of this type; nil where nothing speaks against it.
    static func problem(_ bytes: [UInt8], as type: MediaType) -> String? {
        let shape: ManifestShape
        do throws(CanonicalJSON.ReadError) {
            shape = try CanonicalJSON.decode(from: bytes, what: "the manifest")
        } catch { return error.description }
        if let stated = shape.mediaType, stated != type.rawValue {
            return "it was handed out as '\(type)' and calls itself '\(stated)'"
        }
        if shape.manifests != nil, shape.layers != nil || shape.config != nil {
            return "it is an index and a manifest in one"
        }
        return (shape.manifests != nil) == type.isIndex ? nil : "it is no '\(type)'"
    }
}
