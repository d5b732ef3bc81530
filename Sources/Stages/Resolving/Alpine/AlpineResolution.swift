// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// One definition resolved for one architecture from Alpine repositories.
struct AlpineResolution: FamilyResolution {
    let order: ResolutionOrder
    private var definition: ImageDefinition { order.definition }

    init(_ order: ResolutionOrder) { self.order = order }

    func resolve() throws(ResolutionError) -> ArchitectureChoice {
        guard !definition.contents.packages.isEmpty || order.snapshots.contains(where: \.isInstalled) else {
            return ArchitectureChoice(
                architecture: order.architecture, family: .alpine, packages: [], dropped: [],
                diagnostics: [], consulted: [], conflicts: 0)
        }
        let origins = try order.indexes().map { repository, index in
            AlpinePool.Origin(repository: repository, tag: order.snapshots[repository].tag, index: index)
        }
        let known = Set(order.snapshots.compactMap(\.tag))
        var tags: [String] = []
        for request in definition.contents.packages {
            guard let tag = request.value.tag, known.contains(tag), !tags.contains(tag) else { continue }
            guard tags.count < AlpinePool.tagLimit else {
                let problem = RequestProblem(
                    request.value.description, at: request.location, .tooManyTags(limit: AlpinePool.tagLimit))
                throw .requests([problem], order.architecture)
            }
            tags.append(tag)
        }
        return try resolve(
            in: AlpinePool(architecture: order.architecture.alpineName, origins: origins, tags: tags))
    }

    /// Many resolutions of the same repositories may share a pool, which knows the tags of their requests.
    func resolve(in pool: AlpinePool) throws(ResolutionError) -> ArchitectureChoice {
        let translator = AlpineTranslator(pool: pool)
        let roots = try self.roots(translator) + installed(in: pool)
        let search = AlpineSearch(translator: translator)
        switch search.solve(roots.map(\.requirement)) {
        case .solved(let found):
            return AlpineLockBuilder(order: order, roots: roots, search: search, found: found).choice()
        case .impossible(let core):
            throw .unsatisfiable(
                roots.derivation(of: core, translator), order.architecture, file: definition.file)
        }
    }

    private func roots(_ translator: AlpineTranslator) throws(ResolutionError) -> [Root] {
        var problems: [RequestProblem] = []
        var roots: [Root] = []
        for request in definition.contents.packages {
            do throws(RequestProblem) {
                roots.append(try root(request, translator))
            } catch {
                problems.append(error)
            }
        }
        guard problems.isEmpty else { throw .requests(problems, order.architecture) }
        return roots
    }

    /// What the base image holds stays, in the version that it has.
    private func installed(in pool: AlpinePool) -> [Root] {
        var roots: [Root] = []
        for (place, origin) in pool.origins.enumerated()
        where order.image(of: origin.repository) != nil {
            for position in 0..<origin.index.count {
                let record = origin.index.record(at: position)
                guard let package = pool.package(place, record) else { continue }
                roots.append(
                    Root(
                        requirement: Requirement(
                            kind: .request, text: "\(record.name)=\(record.version)",
                            choices: (0...pool.tags.count).map { pool.candidate(package, in: $0) }),
                        location: definition.contents.baseImage?.location, recorded: nil))
            }
        }
        return roots
    }

    /// Every line counts, also of several for one name; apk keeps the last one only.
    private func root(
        _ request: Located<PackageRequest>, _ translator: AlpineTranslator
    ) throws(RequestProblem) -> Root {
        let text = request.value.description
        func problem(_ reason: RequestProblem.Reason) -> RequestProblem {
            RequestProblem(text, at: request.location, reason)
        }
        guard let dependency = dependency(request.value) else {
            throw problem(.badVersion(example: "1.36.1-r2"))
        }
        if request.value.isExcluded {
            let requirement = Requirement(kind: .refusal, text: text, choices: translator.matches(dependency))
            return Root(requirement: requirement, location: request.location, recorded: nil)
        }
        var context = 0
        if let tag = request.value.tag {
            guard let place = translator.pool.tags.firstIndex(of: tag) else {
                throw problem(.unknownTag(tag, known: order.snapshots.compactMap(\.tag)))
            }
            context = place + 1
        }
        let requirement = translator.requirement(
            .request, dependency, text: text, in: context, prefersTagged: context > 0)
        guard !requirement.choices.isEmpty else {
            throw problem(reason(request.value.name, translator))
        }
        return Root(requirement: requirement, location: request.location, recorded: text)
    }

    /// Why nothing meets a request.
    private func reason(_ name: PackageName, _ translator: AlpineTranslator) -> RequestProblem.Reason {
        var available: [String] = []
        for offer in translator.pool.offers(of: name.text).joined() {
            let package = translator.pool.package(of: offer.candidate)
            let text =
                package.name == name
                ? package.version.text
                : "\(package.name), which provides \(offer.version.map { "version \($0)" } ?? "it without a version")"
            if !available.contains(text) { available.append(text) }
        }
        guard available.isEmpty else { return .noSuchVersion(available: available) }
        let tags = translator.pool.closed.filter { !$0.index.records(named: name.text).isEmpty }.compactMap(
            \.tag)
        return tags.isEmpty
            ? .unknown(similar: SimilarNames(to: name.text).among(translator.pool.origins.map(\.index)))
            : .onlyTagged(tags)
    }

    private func dependency(_ request: PackageRequest) -> AlpineDependency? {
        guard let constraint = request.constraint else { return AlpineDependency(request.name.text) }
        guard let version = AlpineVersion(constraint.version), version.isValid else { return nil }
        let relation: AlpineDependency.Operator =
            switch constraint.relation {
            case .equal: .equal
            case .less: .less
            case .greater: .greater
            case .atMost: [.less, .equal]
            case .atLeast: [.greater, .equal]
            case .fuzzy: [.fuzzy, .equal]
            case .fuzzyLess: [.less, .fuzzy, .equal]
            case .fuzzyGreater: [.greater, .fuzzy, .equal]
            }
        return AlpineDependency(request.name.text, .version(relation, version))
    }
}
