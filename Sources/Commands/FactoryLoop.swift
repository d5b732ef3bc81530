// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CatalogSite
internal import Factory
internal import Pipeline
internal import Vocabulary

/// Rounds, one after the other, with the catalog beside them, until it is stopped.
struct FactoryLoop: Sendable {
    let factory: OpenFactory
    /// HOST:PORT, or "off".
    let catalog: String
    let session: Session

    func run() async throws {
        let place = try Self.place(catalog)
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let place {
                group.addTask { try await serve(place.host, place.port) }
            }
            group.addTask { try await rounds() }
            try await group.next()
            group.cancelAll()
        }
    }

    private func rounds() async throws {
        while true {
            _ = try await factory.round().run { result in
                if result.record != nil { session.terminal.say(RoundLine(result).text) }
            }
            try await Task.sleep(for: .seconds(factory.configuration.interval))
        }
    }

    private func serve(_ host: String, _ port: Int) async throws {
        let server = CatalogServer(
            records: factory.state.records, prefix: "\(factory.configuration.destination)", now: Session.now)
        let terminal = session.terminal
        try await server.run(host: host, port: port, logger: factory.workshop.logger) { port in
            terminal.say("catalog on http://\(host):\(port)")
        }
    }

    private static func place(_ text: String) throws -> (host: String, port: Int)? {
        if text == "off" { return nil }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { throw ValidationError("'\(text)' is no HOST:PORT for the catalog; 'off' serves none") }
        return (String(text[..<colon]), port)
    }
}
