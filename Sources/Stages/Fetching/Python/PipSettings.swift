// SPDX-License-Identifier: Apache-2.0

internal import Execution
internal import Storage
internal import Transport
package import Vocabulary

/// Where this machine's pip looks for projects (pip's documentation, "Configuration"): files for all, of a user and of a
/// virtual environment, the file that PIP_CONFIG_FILE names, then variables, each winning over those before it.
package struct PipSettings: Sendable {
    private static let fileLimit = 1 << 20
    /// The sections that count for a download, the later winning.
    private static let sections = ["global", "download"]

    private let environment: [String: String]
    private let machineFiles: [HostPath]

    /// - Parameters:
    ///   - environment: of the process: PIP_…, HOME, XDG_CONFIG_HOME, VIRTUAL_ENV.
    ///   - machineFiles: the files for all users.
    package init(
        environment: [String: String],
        machineFiles: [HostPath] = [HostPath("/etc/xdg/pip/pip.conf"), HostPath("/etc/pip.conf")]
    ) {
        self.environment = environment
        self.machineFiles = machineFiles
    }

    /// The indexes, in the order in which they are asked; where nothing names one, pip's own.
    /// - Throws: `FetchingError.pip` where the configuration forbids indexes or names none that can be asked.
    func indexes() async throws(FetchingError) -> [PythonIndex] {
        let values = try values()
        if let word = values["no-index"], ["1", "true", "yes", "on", "t", "y"].contains(word.lowercased()) {
            throw .pip(reason: "it says no-index: nothing is asked of any index")
        }
        var urls = [String]()
        if let index = values["index-url"], !index.isEmpty {
            urls.append(index)
        } else {
            urls.append(try await Self.builtIn())
        }
        urls += (values["extra-index-url"] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
        var indexes: [PythonIndex] = []
        for url in urls {
            guard let index = PythonIndex(url) else {
                // Not repeated: it may hold a password.
                throw .pip(reason: "an index that it names is no http:, https: or file: URL")
            }
            guard index.mayBeAsked else {
                throw .pip(
                    reason:
                        "the index \(index.place) has a password and no TLS that would keep it; write https:")
            }
            if !indexes.contains(index) { indexes.append(index) }
        }
        return indexes
    }

    /// What the configuration says, by key.
    private func values() throws(FetchingError) -> [String: String] {
        var merged: [String: String] = [:]
        for path in files {
            guard let text = try Self.text(of: path) else { continue }
            merged.merge(PipConfigurationFile(text).values) { $1 }
        }
        var values: [String: String] = [:]
        for section in Self.sections {
            for key in ["index-url", "extra-index-url", "no-index"] {
                if let value = merged["\(section).\(key)"], !value.isEmpty { values[key] = value }
            }
        }
        for (name, value) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix("PIP_") && !value.isEmpty {
            values[PipConfigurationFile.normalized(name.dropFirst(4))] = value
        }
        return values
    }

    /// pip's order: all users', the user's, the virtual environment's, the named one. A named file that is there takes the
    /// place of the user's; /dev/null takes the place of all.
    private var files: [HostPath] {
        let named = environment["PIP_CONFIG_FILE"].flatMap { $0.isEmpty ? nil : HostPath($0) }
        if named?.text == "/dev/null" { return [] }
        var files = machineFiles
        let isNamed = named.map { (try? HostDirectory.exists($0)) == true } ?? false
        if let home = environment["HOME"], !home.isEmpty, !isNamed {
            files.append(HostPath(home) / ".pip" / "pip.conf")
            let configuration = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : HostPath($0) }
            files.append((configuration ?? HostPath(home) / ".config") / "pip" / "pip.conf")
        }
        if let place = environment["VIRTUAL_ENV"], !place.isEmpty {
            files.append(HostPath(place) / "pip.conf")
        }
        if let named { files.append(named) }
        return files
    }

    private static func text(of path: HostPath) throws(FetchingError) -> String? {
        do {
            guard try HostDirectory.exists(path), try !HostDirectory.isDirectory(path) else { return nil }
            return String(decoding: try HostDirectory.read(path, limit: fileLimit), as: UTF8.self)
        } catch {
            throw .pip(reason: "\(error)")
        }
    }

    /// The index that pip asks where nobody names one; its help says which. Slipway itself knows none.
    private static func builtIn() async throws(FetchingError) -> String {
        let help: ProgramResult
        do throws(ExecutionError) {
            let pip = try Program.find("pip3", debianPackage: "python3-pip")
            help = try await pip.run(
                ["download", "--help"],
                environment: ["PIP_CONFIG_FILE": "/dev/null", "COLUMNS": "2000"], within: 60)
        } catch { throw .pip(reason: "it names no index, and \(error)") }
        let words = String(decoding: help.stdout, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let option = words.drop { $0 != "--index-url" }
        guard let place = option.firstIndex(of: "(default"), place + 1 < option.endIndex else {
            throw .pip(reason: "it names no index, and pip's help does not say which is its own")
        }
        return String(option[place + 1].prefix { $0 != ")" })
    }
}
