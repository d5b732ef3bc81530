// SPDX-License-Identifier: Apache-2.0

internal import Composing
internal import Vocabulary

/// The build key: equal key, equal image, anywhere. Its parts are the definition, its local files, the lock's content,
/// the architectures, the source date and the version of the composition.
struct BuildKey: Encodable {
    private let definition: Digest
    private let localFiles: [String: Digest]
    private let architectures: [ArchitectureLock]
    private let sourceDateEpoch: Timestamp?
    private let composition: String

    init(_ file: DefinitionFile, lock: Lock, options: BuildOptions) {
        definition = file.definition.digest
        localFiles = file.local.sources.mapValues(\.digest)
        architectures = lock.content.architectures
        sourceDateEpoch = options.sourceDateEpoch
        composition = Composer.identity
    }

    func digest() throws -> Digest { ContentHasher.digest(of: try CanonicalJSON.encode(self)) }
}
