// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Records
internal import Vocabulary

extension FactoryRound {
    /// Gives tags that came into `factory.yaml` after the image was published to its newest publication: nothing else
    /// would move them before the next rebuild.
    func settle(_ names: [ImageReference.Tag], after result: Result) async throws -> Result {
        let image = result.image
        guard let newest = try state.records.published(of: image).first else { return result }
        do {
            return try await state.movingTags(pipeline.workshop.workers) {
                let known = Set(try state.records.tags(of: image).map(\.tag))
                let missing = names.filter { !known.contains($0.name) }
                guard !missing.isEmpty else { return result }
                for name in missing { try await publisher.of(image).move(name, to: newest) }
                let now = pipeline.workshop.now()
                let moved = missing.map {
                    PublishedTag(image: image, tag: $0.name, digest: newest, held: false, moved: now)
                }
                try state.records.store(.init(tags: moved), of: image)
                var result = result
                result.decision += "; tagged \(missing.map(\.name).joined(separator: ", ")) too"
                return result
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as RecordsError {
            throw error
        } catch {
            return Result(
                image: image, decision: "\(result.decision); its new tags did not move: \(error)",
                isUndecided: true)
        }
    }
}
