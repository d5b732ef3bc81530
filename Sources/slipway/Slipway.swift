// SPDX-License-Identifier: Apache-2.0
internal import Commands

@main struct Slipway {
    static func main() async { await SlipwayCommand.runAndExit() }
}
