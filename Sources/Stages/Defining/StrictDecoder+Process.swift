// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension StrictDecoder {
    private static let entrypointKeys = Keys(
        context: "'entrypoint'", known: ["command"],
        later: [
            "type": "an image starts one program; name it with 'command'",
            "services": "an image starts one program; name it with 'command'",
            "shell-fragment": "an image has no shell; name a program with 'command'",
        ])

    mutating func process(_ fields: Fields) -> ImageDefinition.Process {
        var process = ImageDefinition.Process()
        if let node = fields["entrypoint"] {
            if case .mapping = node.content {
                if let inner = self.fields(node, Self.entrypointKeys) {
                    process.entrypoint = arguments(inner["command"], "command") ?? []
                }
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
        return process
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

    mutating func architectures(_ node: YAMLNode) -> [Architecture] {
        var architectures: [Architecture] = []
        for item in list(node, "archs") {
            guard let text = line(item, "archs") else { continue }
            guard let architecture = Architecture(text) else {
                let later = ["arm/v6", "armhf-v6", "loong64", "loongarch64"].contains(text)
                let nearest = EditDistance.nearest(to: text, among: Architecture.names)
                bad(
                    item, "archs", text,
                    (later ? "it is not supported yet; " : "")
                        + "use one of \(Architecture.names.joined(separator: ", "))"
                        + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
                continue
            }
            if architectures.contains(architecture) {
                bad(item, "archs", text, "it is named twice")
            } else {
                architectures.append(architecture)
            }
        }
        if case .sequence(let items) = node.content, items.isEmpty {
            bad(node, "archs", "[]", "name at least one architecture, or leave the key out for amd64")
        }
        return architectures
    }
}
