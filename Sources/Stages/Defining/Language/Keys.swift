// SPDX-License-Identifier: Apache-2.0

/// The keys of one kind of mapping, in the order in which they are written out. The decoder knows no others, the JSON
/// Schema is made of them, and an included file joins by them.
struct Keys: Sendable {
    /// What holds them, for messages: "a test", "'contents'".
    let context: String
    /// What the schema calls it.
    let name: String
    let keys: [Key]
    /// One of these must be there; empty for most.
    let choice: [String]
    /// Keys that apko had or others have, and what to do instead.
    let removed: [String: String]

    init(
        _ context: String, _ name: String, _ keys: [Key], choice: [String] = [],
        removed: [String: String] = [:]
    ) {
        self.context = context
        self.name = name
        self.keys = keys
        self.choice = choice
        self.removed = removed
    }

    var names: [String] { keys.map(\.name) }
    subscript(name: String) -> Key? { keys.first { $0.name == name } }
}

/// One key: what stands at it, and what a person should know of it.
struct Key: Sendable {
    enum Trait: Sendable {
        case required
        /// An empty text is read as if the key were absent, as apko does throughout.
        case blank
    }

    /// What becomes of an included file's value where the including file has one of its own.
    enum Join: Sendable {
        /// The own one stands alone.
        case replace
        /// The included list first, then the own.
        case concatenate
        /// Both mappings, the own value where both have a name.
        case merge
        /// Key by key of the mapping.
        case within
    }

    let name: String
    let shape: Shape
    let about: String
    let traits: Set<Trait>
    let join: Join
    /// Why it should not be used, and what instead; nil for most.
    let deprecation: String?

    init(
        _ name: String, _ shape: Shape, _ about: String, _ traits: Trait..., join: Join = .replace,
        deprecation: String? = nil
    ) {
        self.name = name
        self.shape = shape
        self.about = about
        self.traits = Set(traits)
        self.join = join
        self.deprecation = deprecation
    }

    /// Whether a value counts as none.
    func isAbsent(_ value: YAMLNode) -> Bool {
        if value.isNull { return true }
        guard traits.contains(.blank), case .scalar(let text, _) = value.content else { return false }
        return text.isEmpty
    }
}

/// What may stand at a key.
indirect enum Shape: Sendable {
    /// Any scalar; numbers and booleans are texts too.
    case text
    /// The same with something in it.
    case line
    case integer(ClosedRange<Int64>)
    /// A file's mode: 0o755, 0755 or 493.
    case mode
    case boolean
    case word([String])
    /// A list of arguments, or a text that is split as a shell would.
    case arguments
    case list(Shape)
    /// A mapping from names to texts.
    case texts
    case mapping(Keys)
    /// A mapping from names to such mappings.
    case mappings(Keys)
    /// The mapping in which this key stands, by its name: what holds itself.
    case itself(String)
    case either(Shape, Shape)
}
