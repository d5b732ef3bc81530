// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Recipes are melange's, whichever family their packages are of: architectures are apk's there.
enum RecipeWords {
    static func name(of architecture: Architecture) -> String { architecture.alpineName }
}
