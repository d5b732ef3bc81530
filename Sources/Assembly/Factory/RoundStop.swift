// SPDX-License-Identifier: Apache-2.0

internal import Records

/// What ends a whole round and is no word on the image or the recipe at hand.
enum RoundStop {
    /// Returns where `error` is about one image or recipe.
    /// - Throws: `CancellationError` where the round was cancelled, in whatever words a stage says so; `RecordsError`.
    static func rethrow(_ error: any Error) throws {
        try Task.checkCancellation()
        if error is CancellationError || error is RecordsError { throw error }
    }
}
