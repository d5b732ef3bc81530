// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension StrictDecoder {
    /// Decides too whose language the rest of the definition is read in.
    mutating func contents(_ node: YAMLNode?) -> ImageDefinition.Contents {
        var contents = ImageDefinition.Contents()
        guard let node, let fields = fields(node, .contents) else { return contents }
        contents.buildRepositories = repositories(fields["build_repositories"], "build_repositories")
        contents.repositories = repositories(fields["repositories"], "repositories")
        chooseFamily(contents.sources)
        contents.runtimeRepositories = list(fields["runtime_repositories"], "runtime_repositories").compactMap
        {
            item in line(item, "runtime_repositories").map { Located($0.trimmingSlashes, at: item.location) }
        }
        contents.keyring = list(fields["keyring"], "keyring").compactMap { key($0) }
        contents.runtimeKeyring = namedTexts(fields["runtime_keyring"], "runtime_keyring")
        contents.packages = requests(fields["packages"])
        contents.keep = names(fields["keep"], "keep")
        contents.drop = names(fields["drop"], "drop")
        contents.baseImage = fields["baseimage"].flatMap { baseImage($0) }
        for kept in contents.keep where contents.drop.contains(where: { $0.value == kept.value }) {
            fail(
                .badValue(key: "keep", value: kept.value.text, reason: "it stands under 'drop' too"),
                at: kept.location)
        }
        return contents
    }

    private mutating func repositories(_ node: YAMLNode?, _ key: String) -> [Located<RepositoryLine>] {
        var repositories: [Located<RepositoryLine>] = []
        for item in list(node, key) {
            guard let text = line(item, key) else { continue }
            do throws(RepositoryLineError) {
                repositories.append(Located(try RepositoryLine(parsing: text), at: item.location))
            } catch {
                bad(item, key, text, error.reason)
            }
        }
        return repositories
    }

    /// An image holds packages of one family: two package managers' files and versions do not mix.
    private mutating func chooseFamily(_ lines: [Located<RepositoryLine>]) {
        guard let first = lines.first else { return }
        language = FamilyLanguage.of(first.value.family)
        guard let other = lines.first(where: { $0.value.family != first.value.family }) else { return }
        let (here, there) = (first.location, other.location)
        let place = there.file == here.file ? "line \(here.line)" : "\(here)"
        fail(
            .badValue(
                key: "repositories", value: other.value.description.shortened,
                reason:
                    "it has \(FamilyLanguage.of(other.value.family).name) packages, and '\(first.value)' (\(place)) has \(language.name) ones; an image holds packages of one family, remove the lines of the other"
            ), at: there)
    }

    private mutating func key(_ item: YAMLNode) -> Located<String>? {
        guard let path = line(item, "keyring") else { return nil }
        if let objection = language.objectionToKey(path) {
            bad(item, "keyring", path, objection)
            return nil
        }
        return Located(path, at: item.location)
    }

    private mutating func names(_ node: YAMLNode?, _ key: String) -> [Located<PackageName>] {
        var names: [Located<PackageName>] = []
        for item in list(node, key) {
            guard let text = line(item, key) else { continue }
            if let name = PackageName(text) {
                names.append(Located(name, at: item.location))
            } else {
                bad(item, key, text, "it is not a package's name")
            }
        }
        return names
    }

    mutating func requests(_ node: YAMLNode?) -> [Located<PackageRequest>] {
        var requests: [Located<PackageRequest>] = []
        for item in list(node, "packages") {
            guard let text = line(item, "packages") else { continue }
            do throws(PackageRequestError) {
                let request = try PackageRequest(parsing: text)
                if let objection = language.objectionToRequest(request) {
                    bad(item, "packages", text, objection)
                } else if requests.contains(where: { $0.value == request }) {
                    report(
                        Diagnostic(
                            .warning, .duplicateRequest, "'\(request)' is asked for twice", at: item.location)
                    )
                } else {
                    requests.append(Located(request, at: item.location))
                }
            } catch {
                bad(item, "packages", text, error.reason)
            }
        }
        return requests
    }

    /// Texts that become files: apko's pattern for their names keeps them in their folder.
    mutating func namedTexts(_ node: YAMLNode?, _ key: String) -> [Located<ImageDefinition.NamedText>] {
        var texts: [Located<ImageDefinition.NamedText>] = []
        for item in list(node, key) {
            guard let fields = fields(item, .namedText) else { continue }
            let nameNode = require("name", fields)
            let content = require("content", fields).flatMap { text($0, "content") }
            guard let nameNode, let name = line(nameNode, "name"), let content else { continue }
            let isName =
                !name.hasPrefix(".")
                && name.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                    default: false
                    }
                }
            if !isName || name.utf8.count > 200 {
                bad(nameNode, "name", name, "use letters, digits, '_', '-' and '.', and begin with no '.'")
            } else if content.isEmpty {
                bad(item, "content", "", "it is empty")
            } else if texts.contains(where: { $0.value.name == name }) {
                bad(nameNode, "name", name, "two items have it")
            } else {
                texts.append(Located(.init(name: name, content: content), at: item.location))
            }
        }
        return texts
    }

    private mutating func baseImage(_ node: YAMLNode) -> Located<ImageDefinition.BaseImage>? {
        guard let fields = fields(node, .baseImage) else { return nil }
        let image = line(require("image", fields), "image")
        let index = line(require("apkindex", fields), "apkindex")
        guard let image, let index else { return nil }
        return Located(.init(image: image, index: index), at: node.location)
    }
}
