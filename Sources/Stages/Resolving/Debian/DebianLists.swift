// SPDX-License-Identifier: Apache-2.0

extension DebianRules {
    static let droppedPackages: [Drop] = []
    static let dataOnlyPackages: [DataOnly] = []
    static let alwaysInstalled: [Always] = []
}
