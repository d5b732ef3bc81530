// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Defining
internal import Vocabulary

extension RecipeBuildRun {
    /// Whether a failure says something about the recipe, and would be the same if it were built again as it is. Everything
    /// else may be gone in the next round: a mirror that does not answer, a full disk.
    package static func isVerdict(_ error: any Error) -> Bool {
        switch error {
        case is DefinitionError, PipelineError.publishedOtherwise: true
        case let error as BuildingError:
            switch error {
            // Without a limit of the recipe's it was the machine that had no memory.
            case .stepOutOfMemory(_, _, let limit): limit != nil
            case .step, .tooManyProcesses, .stepTooSlow, .refused, .unsupported, .unmetNeeds, .badMetadata,
                .unpackable, .emptyFolder:
                true
            default: false
            }
        default: false
        }
    }
}
