// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The `config.json` of a runtime bundle (OCI runtime-spec 1.0.2, config.md and config-linux.md): no capability, no new
/// privilege, nothing writable but what was asked for, namespaces of its own. Limits are left as they are, since not
/// every machine may set them.
enum BundleConfiguration {
    static func json(for plan: ContainerPlan) throws -> [UInt8] {
        try CanonicalJSON.encode(document(for: plan))
    }

    static func document(for plan: ContainerPlan) -> JSONValue {
        [
            "ociVersion": "1.0.2",
            "hostname": "slipway",
            "root": ["path": .string(plan.rootFileSystem.text), "readonly": true],
            "process": process(plan),
            "mounts": .array(mounts(plan)),
            "linux": [
                "namespaces": .array(namespaces(plan)),
                "resources": ["devices": [["allow": false, "access": "rwm"]]],
                "maskedPaths": strings(maskedPaths),
                "readonlyPaths": strings(readonlyPaths),
            ],
        ]
    }

    private static func process(_ plan: ContainerPlan) -> JSONValue {
        let none: JSONValue = []
        return [
            "terminal": false,
            "user": [
                "uid": .integer(Int64(plan.user.uid)), "gid": .integer(Int64(plan.user.gid)),
                "additionalGids": .array(plan.user.additionalGroups.map { .integer(Int64($0)) }),
            ],
            "args": strings(plan.arguments),
            "env": strings(plan.environment),
            "cwd": .string(plan.workingDirectory),
            "capabilities": [
                "bounding": none, "effective": none, "inheritable": none, "permitted": none, "ambient": none,
            ],
            "noNewPrivileges": true,
        ]
    }

    private static func namespaces(_ plan: ContainerPlan) -> [JSONValue] {
        var kinds = ["pid", "ipc", "uts", "mount"]
        if !plan.usesHostNetwork { kinds.append("network") }
        return kinds.map { ["type": .string($0)] }
    }

    // MARK: Mounts

    private static func mounts(_ plan: ContainerPlan) -> [JSONValue] {
        var all = [
            mount("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
            mount("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k", "ro"]),
            mount(
                "/dev/pts", "devpts", "devpts",
                ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]),
            mount("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
            mount("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
            // A sysfs shows the network that it was mounted in; that of the host can only be borrowed.
            plan.usesHostNetwork
                ? mount("/sys", "none", "/sys", ["rbind", "nosuid", "noexec", "nodev", "ro"])
                : mount("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
        ]
        // Longer paths after what they stand in.
        for tmpfs in plan.temporaryFileSystems.sorted(by: { $0.path < $1.path }) {
            all.append(
                mount(
                    tmpfs.path.absolute, "tmpfs", "tmpfs",
                    [
                        "nosuid", "nodev", "mode=\(String(tmpfs.mode, radix: 8))", "uid=\(tmpfs.uid)",
                        "gid=\(tmpfs.gid)", "size=262144k",
                    ]))
        }
        for program in plan.programs {
            all.append(
                mount(
                    "\(ContainerPlan.borrowedDirectory)/\(program.name)", "none", program.source.text,
                    ["bind", "ro", "nosuid", "nodev"]))
        }
        return all
    }

    private static func mount(
        _ destination: String, _ type: String, _ source: String, _ options: [String]
    ) -> JSONValue {
        [
            "destination": .string(destination), "type": .string(type), "source": .string(source),
            "options": strings(options),
        ]
    }

    /// What of the kernel's own files is nobody's business in a container, as every engine has it.
    private static let maskedPaths = [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
        "/sys/devices/virtual/powercap",
        "/sys/firmware",
    ]
    private static let readonlyPaths = [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
    ]

    private static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
}
