// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
package import Logging
internal import NIOCore
package import Records
package import Vocabulary

/// Serves the catalog: server-rendered pages without scripts, each with a JSON twin, over loopback or wherever the
/// operator's own proxy stands before it.
package struct CatalogServer: Sendable {
    private let records: FactoryRecords
    private let prefix: String
    private let log: @Sendable (String) -> [UInt8]?
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - prefix: the factory's destination (`HOST/PATH`).
    ///   - log: the log of a package's build by its place in the factory's repository; nil where it is gone.
    ///   - now: is asked once a request.
    package init(
        records: FactoryRecords, prefix: String, log: @escaping @Sendable (String) -> [UInt8]? = { _ in nil },
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.log = log
        self.records = records
        self.prefix = prefix
        self.now = now
    }

    /// Serves until it is cancelled; `onReady` hears the port that was bound.
    /// - Throws: where the address cannot be bound.
    package func run(
        host: String, port: Int, logger: Logger, onReady: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        // The library's own messages (listening, being cancelled) are not the catalog's talk; what fails is thrown.
        var libraryLogger = logger
        libraryLogger.logLevel = .critical
        let application = Application(
            router: router(),
            configuration: .init(address: .hostname(host, port: port), serverName: "slipway"),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? port) },
            logger: libraryLogger)
        try await application.runService(gracefulShutdownSignals: [])
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.get("/") { _, _ in
            page(DirectoryPage(catalog: try catalog()).write())
        }
        router.get("/index.json") { _, _ in json(try CanonicalJSON.encodeForPeople(try catalog())) }
        router.get("/style.css") { _, _ in
            response(Array(Stylesheet.text.utf8), type: "text/css; charset=utf-8")
        }
        router.get("/image/:name") { _, context in
            let name = try context.parameters.require("name")
            let wantsJSON = name.hasSuffix(".json")
            let catalog = try catalog()
            let key = wantsJSON ? String(name.dropLast(5)) : name
            guard let image = catalog.images.first(where: { $0.name == key }) else {
                return page(NotFoundPage(name: key).write(), status: .notFound)
            }
            return wantsJSON
                ? json(try CanonicalJSON.encodeForPeople(image))
                : page(ImagePage(image: image, moment: catalog.moment).write())
        }
        addPackages(to: router)
        return router
    }

    private func addPackages(to router: Router<BasicRequestContext>) {
        router.get("/package/:name") { _, context in
            let name = try context.parameters.require("name")
            let wantsJSON = name.hasSuffix(".json")
            let catalog = try catalog()
            let key = wantsJSON ? String(name.dropLast(5)) : name
            guard let recipe = catalog.recipes.first(where: { $0.name == key }) else {
                return page(NotFoundPage(name: key).write(), status: .notFound)
            }
            return wantsJSON
                ? json(try CanonicalJSON.encodeForPeople(recipe))
                : page(RecipePage(recipe: recipe, moment: catalog.moment).write())
        }
        router.get("/package/:name/log/:id") { _, context in
            let name = try context.parameters.require("name")
            let id = Int64(try context.parameters.require("id"))
            // Only what a record names is read, whatever was asked for.
            let record = try records.builds(of: name).first { $0.id == id }
            guard let place = record?.log, let bytes = log(place) else {
                return page(NotFoundPage(name: "\(name)'s log").write(), status: .notFound)
            }
            return response(bytes, type: "text/plain; charset=utf-8")
        }
    }

    private func catalog() throws -> Catalog { try Catalog(records, prefix: prefix, moment: now()) }

    private func page(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        response(bytes, type: "text/html; charset=utf-8", status: status)
    }

    private func json(_ bytes: [UInt8]) -> Response { response(bytes, type: "application/json") }

    /// No script, no frame, no form, nothing from elsewhere: the pages need only their own style sheet.
    private func response(_ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.cacheControl] = "no-cache"
        headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        headers[.xContentTypeOptions] = "nosniff"
        if let referrerPolicy = HTTPField.Name("Referrer-Policy") { headers[referrerPolicy] = "no-referrer" }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// What stands where nothing of that name is.
struct NotFoundPage {
    var name: String

    func write() -> [UInt8] {
        PageFrame(title: "Not here · Slipway", jsonTwin: "/index.json").write { page in
            page.element("h1", text: "Nothing called \(name)")
            page.element("p") { $0.element("a", ["href": "/"], text: "All images and packages") }
        }
    }
}
