// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Vocabulary

/// A folder that holds so many bytes and no more: a file system in memory, mounted where a process of ours alone sees it.
/// It is gone with this object, and with us however we end.
package final class BoundedFolder: Sendable {
    /// Where we reach it: through the process that holds it.
    package let path: HostPath
    /// Bytes.
    package let size: Int64
    /// The process in whose mount namespace the folder is.
    let holder: Int32

    private let child: pid_t
    private let rope: Int32

    /// Mounts a file system of `size` bytes over the folder, which must be there.
    /// - Throws: `cannotStart` where this machine does not let us; `missing`.
    package init(at folder: HostPath, size: Int64) throws(ExecutionError) {
        // More would take the memory from those who need it.
        guard size <= Self.memory / 2 else {
            throw .cannotStart(
                program: "mount", reason: "\(size) bytes are more than half of this machine's memory")
        }
        let unshare = try Program.find("unshare", debianPackage: "util-linux")
        _ = try Program.find("nsenter", debianPackage: "util-linux")
        let mount = try Program.find("mount", debianPackage: "mount")
        // A link on the way would be followed in our own mount namespace, in which the file system is not.
        guard let real = realpath(folder.text, nil) else {
            throw .cannotStart(program: "mount", reason: "there is no folder '\(folder)' (error \(errno))")
        }
        defer { free(real) }
        let folder = HostPath(String(cString: real))
        // Each file costs memory that is not counted in the size.
        let files = 16384 + size / 4096
        // It ends with its input, which ends with us.
        let script =
            "\"$1\" -t tmpfs -o size=$2,nr_inodes=$3,mode=0755 slipway \"$4\" && echo $$ && while read -r line; do :; done"
        let identity = geteuid() == 0 ? [] : ["--map-root-user"]
        let arguments =
            [unshare.path.text, "--mount", "--propagation", "private"] + identity + [
                "/bin/sh", "-c", script, "sh", mount.path.text, "\(size)", "\(files)", folder.text,
            ]
        let started = try Self.start(arguments)
        (child, rope) = (started.child, started.input)
        self.size = size
        let said = Self.line(of: started.output)
        close(started.output)
        guard let holder = Int32(said) else {
            Self.end(started.child, started.input)
            throw .cannotStart(
                program: "unshare",
                reason: "no file system of a size can be mounted\(said.isEmpty ? "" : ": \(said)")")
        }
        self.holder = holder
        path = HostPath("/proc/\(holder)/root\(folder.text)")
    }

    deinit { Self.end(child, rope) }

    /// Bytes of this machine.
    private static var memory: Int64 {
        Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// A path of ours as the holder has it.
    func inside(_ path: HostPath) -> HostPath {
        let prefix = "/proc/\(holder)/root/"
        return path.text.hasPrefix(prefix) ? HostPath(String(path.text.dropFirst(prefix.count - 1))) : path
    }

    private static func end(_ child: pid_t, _ rope: Int32) {
        close(rope)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
    }

    /// The first line that comes, which is an error's where something went wrong.
    private static func line(of stream: Int32) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < 1000 {
            let count = read(stream, &byte, 1)
            if count < 0, errno == EINTR { continue }
            if count <= 0 || byte == 0x0A { break }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func start(
        _ arguments: [String]
    ) throws(ExecutionError) -> (child: pid_t, input: Int32, output: Int32) {
        let input = try pipe()
        let output: (reading: Int32, writing: Int32)
        do throws(ExecutionError) { output = try pipe() } catch {
            close(input.reading)
            close(input.writing)
            throw error
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.reading, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writing, 1)
        posix_spawn_file_actions_adddup2(&actions, output.writing, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // POSIX_SPAWN_SETSID of spawn.h: a Ctrl-C reaches us alone.
        let setsid: Int16 = 0x80
        posix_spawnattr_setflags(&attributes, setsid)
        var child: pid_t = 0
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [
            strdup("PATH=/usr/bin:/bin"), strdup("LC_ALL=C"), nil,
        ]
        defer { (words + environment).forEach { free($0) } }
        let code = posix_spawn(&child, arguments[0], &actions, &attributes, &words, &environment)
        close(input.reading)
        close(output.writing)
        guard code == 0 else {
            close(input.writing)
            close(output.reading)
            throw .cannotStart(program: "unshare", reason: "error \(code)")
        }
        return (child, input.writing, output.reading)
    }

    /// Both ends are closed in every other program that is started.
    private static func pipe() throws(ExecutionError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw .cannotStart(program: "unshare", reason: "no pipe can be made (error \(errno))")
        }
        return (ends[0], ends[1])
    }
}
