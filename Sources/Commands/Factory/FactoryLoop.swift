// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CatalogSite
internal import Factory
internal import Pipeline
internal import Vocabulary

/// Rounds, one after the other, with the catalog beside them, until it is stopped.
struct FactoryLoop: Sendable {
    let factory: OpenFactory
    /// Nil serves none.
    let catalog: CatalogAddress?
    let session: Session

    func run() async throws {
        let (looks, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let packages = session.packageRound(of: factory)
        try packages?.announce()
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let catalog {
                group.addTask { try await serve(catalog) }
            }
            group.addTask { try await images(looks) }
            group.addTask { try await every { wake.yield() } }
            if let packages {
                group.addTask { try await build(packages, wake) }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Looks at the images whenever the interval is over, and as soon as a package was published: an image need not wait
    /// for the packages of others.
    private func images(_ looks: AsyncStream<Void>) async throws {
        var known = Known()
        for await _ in looks {
            let before = known
            let results = try await factory.round().run { result in
                let isNews = result.isUndecided && before.isNews(result.image, result.decision)
                guard result.record != nil || isNews else { return }
                let line = RoundLine(result)
                session.announce(line) { line.text }
            }
            known = Known(results.filter(\.isUndecided).map { ($0.image, $0.decision) })
        }
    }

    private func build(_ round: PackageRound, _ wake: AsyncStream<Void>.Continuation) async throws {
        var known = Known()
        try await every {
            let before = known
            let results = try await round.run { result in
                guard
                    result.isUndecided
                        ? before.isNews(result.recipe, result.decision) : result.record != nil
                else { return }
                let line = PackageRoundLine(result)
                session.announce(line) { line.text }
                if result.record?.outcome == .published { wake.yield() }
            }
            known = Known(results.filter(\.isUndecided).map { ($0.recipe, $0.decision) })
            wake.yield()
        }
    }

    /// What could not be looked at is said when it begins, and not again in each round that it lasts.
    private struct Known {
        private let sentences: [String: String]

        init(_ sentences: [(name: String, sentence: String)] = []) {
            self.sentences = Dictionary(
                sentences.map { ($0.name, $0.sentence) }, uniquingKeysWith: { first, _ in first })
        }

        func isNews(_ name: String, _ sentence: String) -> Bool { sentences[name] != sentence }
    }

    private func every(_ body: () async throws -> Void) async throws {
        while true {
            try await body()
            try await Task.sleep(for: .seconds(factory.configuration.interval))
        }
    }

    private func serve(_ address: CatalogAddress) async throws {
        let server = CatalogServer(
            records: factory.state.records, prefix: "\(factory.configuration.destination)",
            log: { [factory] in factory.log(at: $0) }, now: Session.now)
        let terminal = session.terminal
        try await server.run(
            host: address.host, port: address.port, logger: factory.workshop.logger
        ) { port in
            terminal.say("catalog on http://\(address.host):\(port)")
        }
    }
}

/// Where the catalog is served.
struct CatalogAddress: Sendable {
    let host: String
    let port: Int

    /// Nil for `off`. Throws `ValidationError` for what is no HOST:PORT.
    init?(option text: String) throws {
        if text == "off" { return nil }
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = UInt16(text[text.index(after: colon)...])
        else { throw ValidationError("'\(text)' is no HOST:PORT for the catalog; 'off' serves none") }
        host = String(text[..<colon])
        self.port = Int(port)
    }
}

extension Session {
    /// What steps of recipes write is in the logs beside the packages.
    func packageRound(of factory: OpenFactory) -> PackageRound? {
        factory.packageRound { _ in }
    }
}
