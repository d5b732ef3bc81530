// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension ImagePipeline {
    func built(
        _ file: DefinitionFile, _ lock: Lock, _ usedStoredLock: Bool, _ key: Digest, _ image: ComposedImage,
        _ started: Timestamp, _ diagnostics: [Diagnostic], epoch: Timestamp?, wasRemembered: Bool
    ) -> BuiltImage {
        BuiltImage(
            file: file, lock: lock, usedStoredLock: usedStoredLock, wasRemembered: wasRemembered, key: key,
            sourceDateEpoch: epoch,
            image: image, started: started, finished: workshop.now(),
            diagnostics: diagnostics + (wasRemembered ? image.diagnostics : []))
    }
}
