// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// Decides what one platform's image looks like: packages first, then, in the family's order, what their scripts would
/// have done, the definition, the files that describe the result. Pure: tables in, plan out.
struct Planner {
    let definition: ImageDefinition
    let parts: any FamilyParts
    let family: FamilyRules
    let architecture: Architecture
    let local: LocalFiles
    /// Part of every segment's key: who writes and who compresses.
    let segmentIdentity: String
    /// SOURCE_DATE_EPOCH, where it clamps.
    let newest: Int64?
    /// The image on which this one stands; it is the first of `inputs` then.
    let base: BaseLayers?
    /// What the lock says that it holds.
    let basePackages: [LockedPackage]
    /// As it is before anything is put on it.
    var baseTree = ImageTree()
    /// In the order of their installation.
    var inputs: [PlanInput]
    /// The family's, and those links of packages that others take for directories.
    var aliases: [PathAlias] { didSet { definitionRules = DefinitionRules(definition, aliases) } }
    private(set) var definitionRules: DefinitionRules

    var tree = ImageTree()
    var diagnostics: [Diagnostic] = []
    /// For each input: what it loses to another package, and why.
    var losses: [[ImagePath: String]]
    /// Places of packages of which one replaces files of the other.
    var replacements: [(Int, Int)] = []
    var databaseParts: [DatabasePart] = []
    /// Where the loader looks beside its own directories, by the cache that the image has.
    var loaderDirectories: [ImagePath] = []

    init(
        _ platform: PlatformWork, definition: ImageDefinition, local: LocalFiles, segmentIdentity: String,
        newest: Int64?, inputs: [PlanInput]
    ) {
        self.definition = definition
        parts = platform.parts
        family = platform.family
        architecture = platform.architecture
        self.local = local
        self.segmentIdentity = segmentIdentity
        self.newest = newest
        (base, basePackages) = (platform.base, platform.basePackages)
        self.inputs = platform.baseInput.map { [$0] + inputs } ?? inputs
        aliases = family.aliases
        definitionRules = DefinitionRules(definition, family.aliases)
        losses = Array(repeating: [:], count: self.inputs.count)
    }

    /// The plan, or the first reason why there is none.
    static func plan(_ planner: consuming Planner) throws(ComposingError) -> ImagePlan {
        var planner = planner
        return try planner.run()
    }

    private mutating func run() throws(ComposingError) -> ImagePlan {
        if family.followsLinksOfPackages { followLinks() }
        try claimBase()
        try claimPackages()
        let parts = parts
        let accounts = try parts.complete(&self)
        let process = try process(accounts)
        var family = family
        family.libraryDirectories += loaderDirectories
        var checks = TreeChecks(tree: tree, family: family, architecture: architecture, process: process)
        checks.run(requested: requestedPackages)
        diagnostics += checks.diagnostics
        return finish(process)
    }

    private var requestedPackages: Set<PackageName> {
        Set(inputs.filter { !$0.package.requestedBy.isEmpty }.map(\.package.name))
            .union(definition.contents.packages.map(\.value.name))
    }

    private func finish(_ process: ImageConfiguration.Process) -> ImagePlan {
        let nodes = tree.nodes.values.sorted { $0.file.path < $1.file.path }
        var segments: [Int: PackageSegment] = [:]
        for (index, input) in inputs.enumerated() where !isBase(index) {
            let rules = losses[index].isEmpty ? input.rules : input.rules.losing(losses[index])
            let (key, size, count) = PackageSegment.key(
                of: input.package.digest, table: input.table, rules: rules, identity: segmentIdentity)
            guard count > 0 else { continue }
            segments[index] = PackageSegment(
                package: input.package.name, rules: rules, key: key, size: size)
        }
        let newestEntry = inputs.map(\.table.newest).max() ?? 0
        return ImagePlan(
            layers: layers(nodes, segments),
            files: nodes.map(\.file), process: process,
            created: max(0, newest.map { min($0, newestEntry) } ?? newestEntry),
            version: entrypointVersion(process),
            diagnostics: diagnostics)
    }

    private func entrypointVersion(_ process: ImageConfiguration.Process) -> String? {
        guard let program = TreeChecks.program(of: process, in: tree),
            case .package(let name) = program.file.owner
        else { return nil }
        return (inputs.map(\.package) + basePackages).first { $0.name == name }?.version
    }

    /// Whether a place in the plan is the base image's.
    func isBase(_ index: Int) -> Bool { index == 0 && base != nil }

    // MARK: - For the topics

    mutating func note(_ code: Diagnostic.Code, _ message: String, at location: SourceLocation? = nil) {
        diagnostics.append(Diagnostic(.note, code, message, at: location))
    }

    mutating func warn(_ code: Diagnostic.Code, _ message: String, at location: SourceLocation? = nil) {
        diagnostics.append(Diagnostic(.warning, code, message, at: location))
    }

    /// Where a path of the definition or of a rule stands once aliases are links.
    func map(_ path: ImagePath) -> ImagePath { aliases.resolve(path) }

    /// A file that the plan writes itself, root:root.
    mutating func put(
        _ content: [UInt8], at path: ImagePath, mode: UInt16 = 0o644, rule: String
    ) throws(ComposingError) {
        guard !definitionRules.replaces(path) else { return }
        try tree.put(
            TreeNode(
                file: ComposedFile(
                    path: path, kind: .file, mode: mode, uid: 0, gid: 0, size: Int64(content.count),
                    digest: ContentHasher.digest(of: content), target: nil, owner: .rule(rule)),
                source: .bytes(content)))
    }

}
