// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization
internal import Vocabulary

/// One tree of control groups: the only one of version 2, or one of the several of version 1 with the controllers that it
/// has. Machines have the one, the other, or some controllers in each.
struct ControlHierarchy: Equatable {
    enum Version: Equatable { case one, two }

    var version: Version
    var controllers: Set<ControlGroup.Resource>
    /// Where it is mounted.
    var mount: HostPath
    /// The group that we are in, below the mount; begins with a slash.
    var own: String

    /// Of nothing but sandboxes: runtimes make groups beside ours that are called like their containers (`slipway-ID`), and
    /// whoever has this prefix and no lock is killed.
    static let prefix = "slipway.sandbox-"
    private static let numbers = Mutex<Int>(0)

    /// Those of this process, from what the kernel says of it.
    static func ofThisProcess() -> [ControlHierarchy] {
        parse(
            groups: GroupSetting.text(HostPath("/proc/self/cgroup")),
            mounts: GroupSetting.text(HostPath("/proc/self/mountinfo")))
    }

    /// - Parameters:
    ///   - groups: lines `ID:CONTROLLERS:PATH` (cgroups(7)); no controllers are version 2.
    ///   - mounts: `/proc/self/mountinfo` (proc(5)).
    static func parse(groups: String, mounts: String) -> [ControlHierarchy] {
        let mounted = mounts.split(separator: "\n").compactMap(Mount.init)
        return groups.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return nil }
            let isSecond = parts[1].isEmpty
            let names = parts[1].split(separator: ",")
            let mount = mounted.first {
                isSecond ? $0.type == "cgroup2" : $0.type == "cgroup" && names.allSatisfy($0.options.contains)
            }
            guard let mount, let own = mount.place(of: String(parts[2])) else { return nil }
            let place = HostPath(mount.path)
            let offered =
                isSecond
                ? GroupSetting.text(place / "cgroup.controllers").split { $0 == " " || $0 == "\n" } : names
            let controllers = Set(offered.compactMap { ControlGroup.Resource(rawValue: String($0)) })
            guard !controllers.isEmpty else { return nil }
            return ControlHierarchy(
                version: isSecond ? .two : .one, controllers: controllers, mount: place, own: own)
        }
    }

    private struct Mount {
        var root: String
        var path: String
        var type: Substring
        var options: [Substring]

        init?(_ line: Substring) {
            let words = line.split(separator: " ")
            guard let dash = words.firstIndex(of: "-"), words.count >= dash + 4, dash >= 6 else { return nil }
            root = String(words[3])
            path = String(words[4])
            type = words[dash + 1]
            options = words[dash + 3].split(separator: ",")
        }

        /// A group's place below the mount, which may show a part of the tree only.
        func place(of group: String) -> String? {
            if root == "/" { return group }
            if group == root { return "/" }
            return group.hasPrefix(root + "/") ? String(group.dropFirst(root.count)) : nil
        }
    }

    // MARK: - Settings

    /// The files that set limits, for the resources that this hierarchy has.
    func settings(for limits: ControlGroup.Limits) -> [ControlGroup.Resource: [GroupSetting]] {
        var settings: [ControlGroup.Resource: [GroupSetting]] = [:]
        let period = 100_000
        if let processors = limits.processors, controllers.contains(.processors) {
            let quota = max(1000, Int(processors * Double(period)))
            settings[.processors] =
                version == .two
                ? [GroupSetting(name: "cpu.max", value: "\(quota) \(period)")]
                : [
                    GroupSetting(name: "cpu.cfs_period_us", value: "\(period)"),
                    GroupSetting(name: "cpu.cfs_quota_us", value: "\(quota)"),
                ]
        }
        if let memory = limits.memory, controllers.contains(.memory) {
            settings[.memory] =
                version == .two
                ? [
                    GroupSetting(name: "memory.max", value: "\(memory)"),
                    GroupSetting(name: "memory.swap.max", value: "0", isOptional: true),
                    GroupSetting(name: "memory.oom.group", value: "1", isOptional: true),
                ]
                : [
                    GroupSetting(name: "memory.limit_in_bytes", value: "\(memory)"),
                    GroupSetting(name: "memory.memsw.limit_in_bytes", value: "\(memory)", isOptional: true),
                ]
        }
        if let processes = limits.processes, controllers.contains(.processes) {
            settings[.processes] = [GroupSetting(name: "pids.max", value: "\(processes)")]
        }
        return settings
    }

    // MARK: - Groups

    /// Makes a group and locks it; nil where we may not. In version 2 no group but the root hands controllers on
    /// (`cgroup.subtree_control`) while it has processes of its own (Documentation/admin-guide/cgroup-v2.rst, "No Internal
    /// Process Constraint"). Ours has some, so that the nearest above it that hands them on has the new group.
    func makeGroup() -> (path: HostPath, lock: Int32)? {
        var above = own == "/" ? "" : own
        while true {
            let parent = HostPath(mount.text + (above.isEmpty ? "/" : above))
            reap(in: parent)
            if let made = makeGroup(in: parent) { return made }
            guard version == .two, !above.isEmpty else { return nil }
            above = String(above[..<(above.lastIndex(of: "/") ?? above.startIndex)])
        }
    }

    private func makeGroup(in parent: HostPath) -> (path: HostPath, lock: Int32)? {
        for _ in 0..<16 {
            let number = Self.numbers.withLock { number in
                number += 1
                return number
            }
            let path = parent / "\(Self.prefix)\(getpid())-\(number)"
            guard mkdir(path.text, 0o755) == 0 else {
                if errno == EEXIST { continue }
                return nil
            }
            let lock = open(path.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            // Somebody who reaps may have been quicker than our lock.
            guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0, access(path.text, F_OK) == 0 else {
                if lock >= 0 { close(lock) }
                continue
            }
            guard hasControllers(path) else {
                Self.remove(path, lock: lock)
                return nil
            }
            return (path, lock)
        }
        return nil
    }

    /// A group of version 2 has a controller's files only where the one above hands it on.
    private func hasControllers(_ path: HostPath) -> Bool {
        let files: [ControlGroup.Resource: String] = [
            .memory: "memory.max", .processes: "pids.max", .processors: "cpu.max",
        ]
        guard version == .two else { return true }
        return controllers.contains { files[$0].map { access((path / $0).text, W_OK) == 0 } ?? false }
    }

    /// Removes what processes of ours left that are no more: nobody holds its lock.
    private func reap(in parent: HostPath) {
        guard let stream = opendir(parent.text) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.hasPrefix(Self.prefix) else { continue }
            let lock = open((parent / name).text, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard lock >= 0 else { continue }
            if flock(lock, LOCK_EX | LOCK_NB) == 0 {
                Self.remove(parent / name, lock: lock)
            } else {
                close(lock)
            }
        }
    }

    /// Kills whoever is left in a group, and removes it. The kernel needs a moment to see that it is empty.
    static func remove(_ path: HostPath, lock: Int32) {
        defer { close(lock) }
        for attempt in 0..<200 {
            if rmdir(path.text) == 0 || errno == ENOENT { return }
            if !GroupSetting(name: "cgroup.kill", value: "1").write(in: path) || attempt > 20 {
                for line in GroupSetting.text(path / "cgroup.procs").split(separator: "\n") {
                    if let process = Int32(line), process > 1 { kill(process, SIGKILL) }
                }
            }
            usleep(attempt < 20 ? 500 : 10_000)
        }
    }
}
