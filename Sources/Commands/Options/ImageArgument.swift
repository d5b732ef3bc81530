// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// An image of anybody's, wherever it is.
struct ImageArgument: ParsableArguments {
    @Argument(
        help: "A reference, an OCI layout, an archive, or rootfs:DIR.", completion: .directory)
    var image: String
}
