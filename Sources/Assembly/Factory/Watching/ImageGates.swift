// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// What a definition of a factory asks of an image before its tags move; every gate holds for each platform. Tests are
/// not here: they are always asked for (`TestGate`).
package struct ImageGates: Sendable {
    /// One gate that said no.
    package struct Refusal: Sendable, Equatable {
        package var gate: String
        package var reason: String
    }

    private let gates: FactoryConfiguration.Gates

    package init(_ gates: FactoryConfiguration.Gates) { self.gates = gates }

    /// Every refusal, in a fixed order; none means that the image may go out.
    package func refusals(of inventory: ImageInventory, findings: Findings?) -> [Refusal] {
        let statistics = ImageStatistics(name: inventory.platform.description, inventory)
        let platform = inventory.platform
        var refusals: [Refusal] = []
        func refuse(_ gate: String, _ reason: String) {
            refusals.append(Refusal(gate: gate, reason: "\(platform): \(reason)"))
        }
        if let limit = gates.maxSize, let size = inventory.compressedSize, size > limit {
            refuse("max-size", "\(size) bytes, at most \(limit) are allowed")
        }
        if gates.noSetuid, !statistics.privileged.isEmpty {
            refuse("no-setuid", names(statistics.privileged))
        }
        if gates.noShell, !statistics.shells.isEmpty {
            refuse("no-shell", names(statistics.shells))
        }
        if let wanted = gates.findings {
            if findings?.isComplete != true {
                refuse("findings", "not every package was covered by the records")
            } else if wanted == .none, let first = findings?.findings.first {
                refuse(
                    "findings",
                    "\(findings?.findings.count ?? 0) known, \(first.id) in \(first.package) among them")
            }
        }
        return refusals
    }

    private func names(_ paths: [String]) -> String {
        paths.prefix(3).joined(separator: ", ") + (paths.count > 3 ? " and \(paths.count - 3) more" : "")
    }
}
