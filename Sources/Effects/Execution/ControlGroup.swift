// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization
internal import Vocabulary

/// A group of processes of the kernel's with limits of its own (cgroups(7)). In version 1 it is below the group that we
/// run in, and whatever holds us holds it too. In version 2 it is below the nearest group above ours that may have it:
/// the limits of that one hold, and those of our own group do not. It is removed with this object; what a killed process
/// of ours left is reaped by the next one that makes a group.
package final class ControlGroup: Sendable {
    /// What a group may use; nil is no limit of its own.
    package struct Limits: Sendable, Equatable {
        /// Whole processors and fractions of one.
        package var processors: Double?
        /// Bytes.
        package var memory: Int64?
        package var processes: Int?

        package init(processors: Double? = nil, memory: Int64? = nil, processes: Int? = nil) {
            self.processors = processors
            self.memory = memory
            self.processes = processes
        }
    }

    /// What can be limited.
    package enum Resource: String, Sendable, CaseIterable {
        case processors = "cpu"
        case memory = "memory"
        case processes = "pids"
    }

    /// What became of a group's processes.
    package struct Events: Sendable, Equatable {
        /// So many were killed as there was no memory left for them.
        package var killedForMemory = 0
        /// So many could not be started.
        package var refusedProcesses = 0
        /// In so many periods of the scheduler's they were made to wait for a processor that they may not have.
        package var throttledPeriods = 0
    }

    /// Directories of the group, one for each hierarchy, with the lock that says that somebody lives.
    private let places: [(path: HostPath, lock: Int32)]
    /// Resources that have a limit here.
    let held: Set<Resource>

    /// Makes a group; nil where this machine lets us have none.
    static func make(_ limits: Limits, at hierarchies: [ControlHierarchy] = ControlHierarchy.ofThisProcess())
        -> ControlGroup?
    {
        var places: [(path: HostPath, lock: Int32)] = []
        var held: Set<Resource> = []
        for hierarchy in hierarchies {
            let settings = hierarchy.settings(for: limits)
            guard !settings.isEmpty, let place = hierarchy.makeGroup() else { continue }
            places.append(place)
            for (resource, files) in settings where files.allSatisfy({ $0.write(in: place.path) }) {
                held.insert(resource)
            }
        }
        return places.isEmpty ? nil : ControlGroup(places: places, held: held)
    }

    private init(places: [(path: HostPath, lock: Int32)], held: Set<Resource>) {
        self.places = places
        self.held = held
    }

    /// Files to which a process writes "0" to enter the group.
    var doors: [HostPath] { places.map { $0.path / "cgroup.procs" } }

    /// Read before the group is gone.
    func events() -> Events {
        var events = Events()
        for (path, _) in places {
            events.killedForMemory += GroupSetting.value("oom_kill", in: path / "memory.events")
            events.killedForMemory += GroupSetting.value("oom_kill", in: path / "memory.oom_control")
            events.throttledPeriods += GroupSetting.value("nr_throttled", in: path / "cpu.stat")
            events.refusedProcesses += GroupSetting.value("max", in: path / "pids.events")
        }
        return events
    }

    deinit { for place in places { ControlHierarchy.remove(place.path, lock: place.lock) } }

    /// Those of `limits` that this machine does not let us hold; empty where all hold.
    package static func unheld(_ limits: Limits) -> Set<Resource> {
        var wanted: Set<Resource> = []
        if limits.processors != nil { wanted.insert(.processors) }
        if limits.memory != nil { wanted.insert(.memory) }
        if limits.processes != nil { wanted.insert(.processes) }
        guard !wanted.isEmpty else { return [] }
        return wanted.subtracting(make(limits)?.held ?? [])
    }
}

/// A small file by which the kernel is told something of a group.
struct GroupSetting: Equatable {
    var name: String
    var value: String
    /// Not every kernel has it, and without it the limit holds too.
    var isOptional = false

    func write(in group: HostPath) -> Bool {
        let path = group / name
        if isOptional, access(path.text, F_OK) != 0 { return true }
        let fd = open(path.text, O_WRONLY | O_CLOEXEC)
        guard fd >= 0 else { return isOptional }
        defer { close(fd) }
        let bytes = Array(value.utf8)
        return Glibc.write(fd, bytes, bytes.count) == bytes.count || isOptional
    }

    /// The number behind a key in a file of `key value` lines; 0 where there is none.
    static func value(_ key: String, in path: HostPath) -> Int {
        for line in text(path).split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == key, let value = Int(words[1]) { return value }
        }
        return 0
    }

    /// What a file of the kernel's says; empty where it is not there.
    static func text(_ path: HostPath) -> String {
        let fd = open(path.text, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { return "" }
        defer { close(fd) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < 1 << 20 {
            let count = read(fd, &piece, piece.count)
            if count <= 0 { break }
            bytes += piece[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
