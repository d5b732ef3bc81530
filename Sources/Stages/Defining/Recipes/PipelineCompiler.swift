// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Flattens pipelines into steps: what a step uses is looked up, its inputs are written out, what does not hold is left out.
struct PipelineCompiler {
    private static let limits = (depth: 16, steps: 5_000)
    /// Pipelines that change upstream's files by what stands in others.
    private static let patching: Set = ["patch", "git-am"]

    let library: PipelineLibrary
    var decoder = StrictDecoder()
    /// Packages that the pipelines of builds want in the build root.
    private(set) var needs: [Located<String>] = []
    /// What builds apply to upstream's files.
    private(set) var patches: [Recipe.PatchUse] = []
    /// Where the build root's family finds what a pipeline needs.
    private let needsKey: String
    private var pipelines: [String: YAMLNode?] = [:]
    private var count = 0

    init(library: PipelineLibrary, needsKey: String) {
        self.library = library
        self.needsKey = needsKey
    }

    /// What a step inherits from what it stands in.
    private struct Context {
        var scope: SubstitutionScope
        /// The outermost first.
        var pipelines: [String] = []
        var label: String?
        var workingDirectory: String?
        var environment: [String: String] = [:]
        /// Where the recipe itself names it.
        var location: SourceLocation?
    }

    mutating func steps(_ node: YAMLNode?, in scope: SubstitutionScope) -> [Recipe.Step] {
        steps(decoder.list(node, "pipeline"), Context(scope: scope))
    }

    /// The steps of a test, and what they need: no build root is theirs.
    mutating func testSteps(
        _ node: YAMLNode?, in scope: SubstitutionScope
    ) -> (steps: [Recipe.Step], needs: [Located<String>]) {
        let kept = (needs, patches)
        needs = []
        defer { (needs, patches) = kept }
        let steps = steps(node, in: scope)
        return (steps, needs)
    }

    private mutating func steps(_ nodes: [YAMLNode], _ context: Context) -> [Recipe.Step] {
        nodes.flatMap { step($0, context) }
    }

    private mutating func step(_ node: YAMLNode, _ outer: Context) -> [Recipe.Step] {
        guard let fields = decoder.fields(node, .step) else { return [] }
        count += 1
        guard count <= Self.limits.steps else {
            if count == Self.limits.steps + 1 {
                decoder.fail(
                    .tooLarge(what: "the number of steps", limit: Self.limits.steps), at: node.location)
            }
            return []
        }
        var context = outer
        if let condition = fields["if"], let text = decoder.text(condition, "if") {
            guard decoder.holds(text, condition, in: context.scope) else { return [] }
        }
        if let name = fields["name"], let text = decoder.line(name, "name") {
            context.label = decoder.substituted(text, "name", name, in: context.scope)
        }
        enter(fields, &context)
        require(fields["needs"], context.scope)
        context.location = outer.location ?? node.location
        var steps: [Recipe.Step] = []
        if let uses = fields["uses"], let written = decoder.line(uses, "uses") {
            if fields["runs"] != nil {
                decoder.bad(uses, "uses", written, "'runs' stands beside it; make two steps of them")
            }
            let inputs = inputs(fields["with"], context.scope)
            steps += use(
                decoder.substituted(written, "uses", uses, in: context.scope) ?? written, uses, inputs,
                context)
        } else if let node = fields["runs"], let script = decoder.text(node, "runs"),
            let text = decoder.substituted(script, "runs", node, in: context.scope)
        {
            steps.append(made(.run(text), context, at: node.location))
        }
        let inner = decoder.list(fields["pipeline"], "pipeline")
        let below = self.steps(inner, context)
        assert(fields["assertions"], inner, below)
        return steps + below
    }

    private mutating func enter(_ fields: StrictDecoder.Fields, _ context: inout Context) {
        if let node = fields["working-directory"], let text = decoder.line(node, "working-directory") {
            context.workingDirectory = decoder.substituted(text, "working-directory", node, in: context.scope)
        }
        for (key, value) in decoder.texts(fields["environment"], "environment") {
            guard let text = decoder.text(value, key) else { continue }
            context.environment[key] = decoder.substituted(text, key, value, in: context.scope)
        }
    }

    private func made(
        _ action: Recipe.Step.Action, _ context: Context, at location: SourceLocation
    ) -> Recipe.Step {
        Recipe.Step(
            label: context.label ?? context.pipelines.last ?? "runs", pipelines: context.pipelines,
            location: context.location ?? location, action: action,
            workingDirectory: context.workingDirectory, environment: context.environment)
    }

    private mutating func assert(_ node: YAMLNode?, _ inner: [YAMLNode], _ below: [Recipe.Step]) {
        guard let node, let fields = decoder.fields(node, .assertions),
            let wanted = decoder.integer(fields["required-steps"], "required-steps", in: 0...1000)
        else { return }
        if below.count < wanted {
            decoder.bad(
                node, "required-steps", "\(wanted)",
                "\(below.count) of the \(inner.count) steps below are there")
        }
    }

    // MARK: - Pipelines

    /// What stands at `with`, written out; what is written as nothing counts as absent.
    private mutating func inputs(
        _ node: YAMLNode?, _ scope: SubstitutionScope
    ) -> [String: (value: String, node: YAMLNode)] {
        var inputs: [String: (value: String, node: YAMLNode)] = [:]
        for (name, value) in decoder.texts(node, "with") where !value.isNull {
            guard let text = decoder.text(value, name),
                let written = decoder.substituted(text, name, value, in: scope)
            else {
                continue
            }
            inputs[name] = (written, value)
        }
        return inputs
    }

    private mutating func use(
        _ name: String, _ node: YAMLNode, _ given: [String: (value: String, node: YAMLNode)], _ outer: Context
    ) -> [Recipe.Step] {
        if let native = NativePipeline(rawValue: name) {
            refuseUnknown(given, among: Array(native.inputs.keys), of: name)
            var context = outer
            context.pipelines.append(name)
            guard let action = action(native, given, node, version: outer.scope["package.version"]) else {
                return []
            }
            return [made(action, context, at: node.location)]
        }
        if Self.patching.contains(name) { note(given, at: outer.location ?? node.location) }
        guard outer.pipelines.count < Self.limits.depth, !outer.pipelines.contains(name) else {
            decoder.bad(node, "uses", name, "it uses itself, by \(outer.pipelines.joined(separator: ", "))")
            return []
        }
        guard let root = pipeline(name, node), let fields = decoder.fields(root, .pipeline) else { return [] }
        var context = outer
        context.pipelines.append(name)
        context.scope = outer.scope.removing(prefix: "inputs.")
        context.label = outer.label ?? decoder.line(fields["name"], "name")
        define(fields["inputs"], given, of: name, at: node, &context.scope)
        require(fields["needs"], context.scope)
        return steps(decoder.list(fields["pipeline"], "pipeline"), context)
    }

    private mutating func note(
        _ given: [String: (value: String, node: YAMLNode)], at location: SourceLocation
    ) {
        let files = given["patches"]?.value.split(whereSeparator: \.isWhitespace).map(String.init) ?? []
        let series = given["series"].flatMap { $0.value.isEmpty ? nil : $0.value }
        guard !files.isEmpty || series != nil else { return }
        patches.append(Recipe.PatchUse(files: files, series: series, location: location))
    }

    /// Gives each input its value, or its default, or nothing.
    private mutating func define(
        _ node: YAMLNode?, _ given: [String: (value: String, node: YAMLNode)], of name: String,
        at use: YAMLNode,
        _ scope: inout SubstitutionScope
    ) {
        var entries: [YAMLNode.Entry] = []
        if let node {
            guard case .mapping(let found) = node.content else {
                return decoder.wrongType(node, "inputs", "a mapping from names to inputs")
            }
            entries = found
        }
        refuseUnknown(given, among: entries.map(\.key), of: name)
        let outer = scope
        for entry in entries {
            if let (value, _) = given[entry.key] {
                scope["inputs.\(entry.key)"] = value
                continue
            }
            guard !entry.value.isNull, let fields = decoder.fields(entry.value, .input) else {
                scope["inputs.\(entry.key)"] = ""
                continue
            }
            let isRequired = decoder.boolean(fields["required"], "required") ?? false
            if let node = fields["default"], let text = decoder.text(node, "default") {
                scope["inputs.\(entry.key)"] = decoder.substituted(text, "default", node, in: outer) ?? ""
            } else {
                if isRequired {
                    decoder.fail(.missingKey(entry.key, in: "'with' of \(name)"), at: use.location)
                }
                scope["inputs.\(entry.key)"] = ""
            }
        }
    }

    private mutating func refuseUnknown(
        _ given: [String: (value: String, node: YAMLNode)], among known: [String], of name: String
    ) {
        for (key, (_, node)) in given.sorted(by: { $0.key < $1.key }) where !known.contains(key) {
            decoder.fail(
                .unknownKey(
                    key, in: "'with' of \(name)",
                    nearest: EditDistance.nearest(to: key, among: known.sorted())),
                at: node.location)
        }
    }

    /// The pipeline's tree, read once; nil, and a problem, where there is none.
    private mutating func pipeline(_ name: String, _ node: YAMLNode) -> YAMLNode? {
        if let known = pipelines[name] {
            if known == nil { unknown(name, node) }
            return known
        }
        var root: YAMLNode?
        do {
            guard !name.split(separator: "/").contains("..") else {
                throw DefinitionError.leaving(name, node)
            }
            root = try library.tree(of: name)
            if root == nil { unknown(name, node) }
        } catch let error as DefinitionError {
            for problem in error.problems { decoder.fail(problem.kind, at: problem.location) }
        } catch {
            decoder.bad(node, "uses", name, "it cannot be read: \(error)")
        }
        pipelines[name] = root
        return root
    }

    private mutating func unknown(_ name: String, _ node: YAMLNode) {
        let nearest = EditDistance.nearest(to: name, among: PipelineLibrary.names)
        decoder.bad(
            node, "uses", name,
            "there is no such pipeline" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
                + " (a project's own are in the folders of --pipeline-dir)")
    }

    private mutating func require(_ node: YAMLNode?, _ scope: SubstitutionScope) {
        guard let node, let fields = decoder.fields(node, .needs) else { return }
        let key = fields[needsKey] != nil ? needsKey : "packages"
        for item in decoder.list(fields[key], key) {
            guard let text = decoder.line(item, key),
                let name = decoder.substituted(text, key, item, in: scope),
                !name.isEmpty
            else { continue }
            if !needs.contains(where: { $0.value == name }) { needs.append(Located(name, at: item.location)) }
        }
    }
}

extension DefinitionError {
    fileprivate static func leaving(_ name: String, _ node: YAMLNode) -> DefinitionError {
        DefinitionError([
            DefinitionProblem(
                .badValue(
                    key: "uses", value: name.shortened, reason: "it leaves the folder of the pipelines"),
                at: node.location)
        ])
    }
}
