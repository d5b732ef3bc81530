// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension StrictDecoder {
    /// A service bundle's supervisor joins the packages.
    mutating func process(
        _ fields: Fields, requests: inout [Located<PackageRequest>]
    ) -> ImageDefinition.Process {
        var process = ImageDefinition.Process()
        if let node = fields["entrypoint"] {
            if case .mapping = node.content {
                entrypoint(node, into: &process, requests: &requests)
            } else {
                process.entrypoint = arguments(node, "entrypoint") ?? []
            }
        }
        process.cmd = arguments(fields["cmd"], "cmd") ?? []
        process.workDirectory = absolutePath(fields["work-dir"], "work-dir")
        process.stopSignal = signal(fields["stop-signal"])
        for (name, node) in texts(fields["environment"], "environment") {
            guard !name.isEmpty, !name.contains("=") else {
                bad(node, "environment", name, "a variable's name is not empty and has no '='")
                continue
            }
            process.environment[name] = node.isNull ? "" : text(node, name)
        }
        for item in list(fields["volumes"], "volumes") {
            guard let path = absolutePath(item, "volumes"), !process.volumes.contains(path) else { continue }
            process.volumes.append(path)
        }
        return process
    }

    /// What s6 is started with, and the package that has it (apko's `service-bundle`).
    static let supervisor = (entrypoint: ["/bin/s6-svscan", "/sv"], package: "s6")

    /// As in apko: a shell fragment stands before a bundle, a bundle before a command.
    private mutating func entrypoint(
        _ node: YAMLNode, into process: inout ImageDefinition.Process,
        requests: inout [Located<PackageRequest>]
    ) {
        guard let fields = fields(node, .entrypoint) else { return }
        let command = arguments(fields["command"], "command")
        let fragment = text(fields["shell-fragment"], "shell-fragment")
        process.services = services(fields["services"])
        let type = word(fields["type"], "type", of: ["service-bundle"])
        // Named by its type, or by what the type means.
        let isBundle = type != nil || (!process.services.isEmpty && command == Self.supervisor.entrypoint)
        process.entrypoint =
            fragment.map { ["/bin/sh", "-c", $0] } ?? (isBundle ? Self.supervisor.entrypoint : command ?? [])
        if isBundle, let package = PackageName(Self.supervisor.package),
            !requests.contains(where: { $0.value.name == package })
        {
            requests.append(Located(PackageRequest(package), at: fields["type"]?.location ?? node.location))
        }
        if let command, command != process.entrypoint {
            ignored("command", fields["command"], fragment != nil ? "shell-fragment" : "type")
        }
        if isBundle, fragment != nil { ignored("type", fields["type"], "shell-fragment") }
        if !isBundle, !process.services.isEmpty {
            report(
                Diagnostic(
                    .warning, .entrypointIgnored,
                    "nothing starts the 'services'; 'type: service-bundle' would",
                    at: fields["services"]?.location))
        }
    }

    private mutating func ignored(_ key: String, _ node: YAMLNode?, _ other: String) {
        report(
            Diagnostic(
                .warning, .entrypointIgnored, "'\(key)' is not used, because '\(other)' stands beside it",
                at: node?.location))
    }

    /// Each name is that of a folder below /sv.
    private mutating func services(_ node: YAMLNode?) -> [String: String] {
        var services: [String: String] = [:]
        for (name, value) in texts(node, "services") {
            guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/"), name.utf8.count <= 200 else {
                bad(value, "services", name, "a service's name is that of a folder")
                continue
            }
            services[name] = line(value, name)
        }
        return services
    }

    private static let signals = [
        "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL",
        "SIGUSR1",
        "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP",
        "SIGTSTP",
        "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",
        "SIGPWR",
        "SIGSYS",
    ]

    /// `SIGQUIT`, `QUIT`, `3`, `SIGRTMIN+3` (OCI image-spec, config.md, "StopSignal").
    private mutating func signal(_ node: YAMLNode?) -> String? {
        guard let node, let text = line(node, "stop-signal") else { return nil }
        if let number = YAMLScalar.integer(text), (1...64).contains(number) { return text }
        let name = text.hasPrefix("SIG") ? text : "SIG\(text)"
        if Self.signals.contains(name) { return name }
        for realTime in ["SIGRTMIN", "SIGRTMAX"] where name.hasPrefix(realTime) {
            let offset = name.dropFirst(realTime.count)
            let sign: Character = realTime == "SIGRTMIN" ? "+" : "-"
            if offset.isEmpty || (offset.first == sign && (Int(offset.dropFirst()) ?? 99) <= 30) {
                return name
            }
        }
        let nearest =
            EditDistance.nearest(to: name, among: Self.signals).map { "; did you mean '\($0)'?" } ?? ""
        bad(node, "stop-signal", text, "it is no signal's name or number\(nearest)")
        return nil
    }

    mutating func annotations(_ node: YAMLNode?) -> [String: String] {
        var annotations: [String: String] = [:]
        for (name, value) in texts(node, "annotations") {
            guard !name.isEmpty else {
                bad(value, "annotations", name, "a name is not empty")
                continue
            }
            annotations[name] = text(value, name)
        }
        return annotations
    }

    /// `url@revision` as the annotations that apko makes of it.
    static func annotations(of vcsURL: String?) -> [String: String] {
        guard let vcsURL else { return [:] }
        let source = "org.opencontainers.image.source"
        guard let sign = vcsURL.lastIndex(of: "@") else { return [source: vcsURL] }
        let revision = vcsURL[vcsURL.index(after: sign)...]
        // The '@' of git@host is no revision's.
        guard !revision.isEmpty, !revision.contains(where: { "/:".contains($0) }) else {
            return [source: vcsURL]
        }
        return [source: String(vcsURL[..<sign]), "org.opencontainers.image.revision": String(revision)]
    }
}
