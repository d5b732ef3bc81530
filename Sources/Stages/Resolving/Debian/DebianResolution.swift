// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// One definition resolved for one architecture from Debian repositories.
struct DebianResolution: FamilyResolution {
    let order: ResolutionOrder
    let rules: DebianRules
    private var definition: ImageDefinition { order.definition }
    private var architecture: Architecture { order.architecture }

    init(_ order: ResolutionOrder, rules: DebianRules) {
        self.order = order
        self.rules = rules
    }

    func resolve() throws(ResolutionError) -> ArchitectureChoice {
        guard !definition.contents.packages.isEmpty else {
            return ArchitectureChoice(
                architecture: architecture, family: .debian, packages: [], dropped: [], diagnostics: [],
                consulted: [], conflicts: 0)
        }
        let origins = try order.indexes().map {
            DebianPool.Origin(repository: $0.repository, index: $0.index)
        }
        let omissions = DebianOmissions(rules: rules, contents: definition.contents)
        var translator = DebianTranslator(
            pool: DebianPool(architecture: architecture.debianName, origins: origins),
            omissions: omissions.table,
            assumed: rules.assumed)
        var diagnostics: [Diagnostic] = []
        let roots = try self.roots(&translator, omissions, &diagnostics)
        var solver = Solver(translator, requests: roots.map(\.requirement))
        switch solver.solve() {
        case .solved(let solution):
            var builder = DebianLockBuilder(
                order: order, rules: rules, omissions: omissions, roots: roots,
                solution: solution, pool: solver.translator.pool, diagnostics: diagnostics)
            return builder.choice()
        case .impossible(let core, _):
            throw .unsatisfiable(
                roots.derivation(of: core, solver.translator), architecture, file: definition.file)
        }
    }

    /// The definition's requests in their order, then what every image gets.
    private func roots(
        _ translator: inout DebianTranslator, _ omissions: DebianOmissions, _ diagnostics: inout [Diagnostic]
    ) throws(ResolutionError) -> [Root] {
        var problems: [RequestProblem] = []
        var roots: [Root] = []
        for request in definition.contents.packages {
            do throws(RequestProblem) {
                roots.append(try root(request, &translator))
            } catch {
                problems.append(error)
            }
        }
        guard problems.isEmpty else { throw .requests(problems, architecture) }
        for name in omissions.promoted {
            let requirement = translator.request(DebianRelation(name.value), text: name.value.text)
            if !requirement.choices.isEmpty {
                roots.append(
                    Root(requirement: requirement, location: name.location, recorded: "keep: \(name.value)"))
            }
        }
        for always in rules.always where !omissions.isDroppedByDefinition(always.name) {
            guard let name = PackageName(always.name) else { continue }
            let requirement = translator.request(DebianRelation(name), text: always.name)
            if requirement.choices.isEmpty {
                diagnostics.append(
                    Diagnostic(
                        .warning, Diagnostic.Code(rawValue: "base-missing"),
                        "no repository has '\(always.name)' for \(architecture), which every image should have: "
                            + always.reason))
            } else {
                roots.append(Root(requirement: requirement, location: nil, recorded: nil))
            }
        }
        return roots
    }

    private func root(
        _ request: Located<PackageRequest>, _ translator: inout DebianTranslator
    ) throws(RequestProblem) -> Root {
        let text = request.value.description
        let name = request.value.name
        func problem(_ reason: RequestProblem.Reason) -> RequestProblem {
            RequestProblem(text, at: request.location, reason)
        }
        if let drop = definition.contents.drop.first(where: { $0.value == name }) {
            throw problem(.alsoDropped(at: drop.location))
        }
        precondition(
            request.value.tag == nil && !request.value.isExcluded,
            "Defining refuses these for Debian packages")
        guard let relation = relation(request.value) else { throw problem(.badVersion(example: "5:8.0.2-3")) }
        let requirement = translator.request(relation, text: text)
        if requirement.choices.isEmpty {
            let (versions, providers) = translator.available(name)
            let available = versions + providers.map { "\($0), which provides another version of it" }
            guard available.isEmpty else { throw problem(.noSuchVersion(available: available)) }
            throw problem(
                .unknown(similar: SimilarNames(to: name.text).among(translator.pool.origins.map(\.index))))
        }
        guard requirement.equals.isEmpty || isSettled(requirement, translator) else {
            throw problem(.ambiguous(providers: requirement.equals))
        }
        return Root(requirement: requirement, location: request.location, recorded: text)
    }

    /// A name of several providers is no question where another line asks for one of them.
    private func isSettled(_ requirement: Requirement, _ translator: DebianTranslator) -> Bool {
        let requested = Set(definition.contents.packages.map(\.value.name))
        return requirement.choices.contains { requested.contains(translator.pool.candidates[$0].name) }
    }

    /// apko's operators are Debian's, but for `<` and `>`, which are strict.
    private func relation(_ request: PackageRequest) -> DebianRelation? {
        guard let constraint = request.constraint else { return DebianRelation(request.name) }
        guard let version = DebianVersion(constraint.version) else { return nil }
        let relation: DebianRelation.Operator? =
            switch constraint.relation {
            case .equal: .equal
            case .less: .less
            case .greater: .greater
            case .atMost: .atMost
            case .atLeast: .atLeast
            case .fuzzy, .fuzzyLess, .fuzzyGreater: nil
            }
        guard let relation else { return nil }
        return DebianRelation(request.name, DebianRelation.Constraint(relation, version))
    }
}
