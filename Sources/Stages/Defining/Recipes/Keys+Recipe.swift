// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The keys of recipes and pipelines: melange's, and Slipway's own where it is said.
extension Keys {
    static let recipe = Keys(
        "the recipe", "Recipe",
        [
            Key("package", .mapping(.recipePackage), "The package that is built.", .required),
            Key("environment", .mapping(.definition), "The image in which steps run."),
            Key(
                "sysroot", .mapping(.definition),
                "The image at ${{targets.sysroot}}: what programs are linked with, of either family (Slipway's key)."
            ),
            Key("capabilities", .mapping(.runCapabilities), "Linux capabilities of the steps."),
            Key("vars", .texts, "Variables: ${{vars.NAME}}."),
            Key(
                "var-transforms", .list(.mapping(.varTransform)),
                "Variables made of others by a pattern, in order."),
            Key("data", .list(.mapping(.dataSet)), "What subpackages are repeated for, by 'range'."),
            Key("options", .mappings(.buildOption), "What '--build-option' changes."),
            Key("pipeline", .list(.mapping(.step)), "How it is built, in order."),
            Key("subpackages", .list(.mapping(.subpackage)), "Packages split from it."),
            Key("test", .mapping(.recipeTest), "What is tried in an image of the package and its needs."),
            Key("update", .mapping(.update), "Where its next release is looked for."),
        ])

    static let recipePackage = Keys(
        "'package'", "RecipePackage",
        [
            Key("name", .line, "The package's name.", .required),
            Key("version", .line, "Upstream's version.", .required),
            Key(
                "epoch", .integer(0...Int64(Int32.max)), "The how manieth build of it: the N of -rN.",
                .required),
            Key("description", .text, "One line for people."),
            Key("url", .line, "Where the program comes from.", .blank),
            Key("commit", .line, "The commit of the recipe itself.", .blank),
            Key("annotations", .texts, "Texts for other programs."),
            Key("target-architecture", .list(.line), "The architectures that it is for; 'all' is no limit."),
            Key("copyright", .list(.mapping(.copyright)), "Licences."),
            Key("dependencies", .mapping(.recipeDependencies), "What it asks for and offers."),
            Key("options", .mapping(.packageOptions), "Generated dependencies that it does without."),
            Key("scriptlets", .mapping(.packageScripts), "What a package manager runs; Slipway never does."),
            Key("checks", .mapping(.packageChecks), "Checks that are not made of it."),
            Key("cpe", .texts, "Its names in vulnerability databases."),
            Key("setcap", .list(.mapping(.fileCapability)), "Capabilities of files."),
            Key("timeout", .line, "How long a build may take: 90m."),
            Key("resources", .mapping(.resources), "What a build may use."),
            Key("test-resources", .mapping(.resources), "What a test may use."),
        ])

    static let recipeDependencies = Keys(
        "'dependencies'", "RecipeDependencies",
        [
            Key("runtime", .list(.line), "What must be there too."),
            Key(
                "debian", .list(.line),
                "What a .deb asks for in place of 'runtime', in Debian's words (Slipway's key)."),
            Key("provides", .list(.line), "Further names that it goes by."),
            Key("replaces", .list(.line), "Packages whose files it may take over."),
            Key(
                "provider-priority", .either(.integer(priorities), .line),
                "The highest provider of a name wins."),
            Key(
                "replaces-priority", .either(.integer(priorities), .line),
                "The highest keeps a file that several have."),
        ])

    static let packageOptions = Keys(
        "'options'", "PackageOptions",
        [
            Key("no-provides", .boolean, "Nothing that is found in its files is offered."),
            Key("no-depends", .boolean, "Nothing that its files need is asked for."),
            Key("no-commands", .boolean, "Its programs are not offered as cmd:NAME."),
            Key("no-versioned-shlib-deps", .boolean, "Libraries are asked for without a version."),
        ])

    static let packageChecks = Keys(
        "'checks'", "PackageChecks",
        [Key("disabled", .list(.line), "Names of checks.")])

    static let copyright = Keys(
        "a copyright", "Copyright",
        [
            Key("license", .line, "An SPDX expression.", .required),
            Key("paths", .list(.line), "The files that it is about."),
            Key("attestation", .text, "A text that goes with it.", .blank),
            Key("license-path", .line, "The file that says so.", .blank),
            Key("detection-override", .line, "What a scanner's finding is replaced by.", .blank),
        ])

    static let fileCapability = Keys(
        "an item of 'setcap'", "FileCapability",
        [
            Key("path", .line, "The file.", .required),
            Key("add", .texts, "Capabilities, each with its flags: +ep.", .required),
            Key("reason", .text, "Why.", .blank),
        ])

    static let resources = Keys(
        "resources", "Resources",
        [
            Key("cpu", .line, "Processors: 2, 500m."),
            Key("cpumodel", .line, "Read, and without meaning here."),
            Key("memory", .line, "Bytes: 4Gi."),
            Key("disk", .line, "Bytes: 50Gi."),
        ])

    static let runCapabilities = Keys(
        "'capabilities'", "RunCapabilities",
        [
            Key("add", .list(.line), "Beside those that steps have."),
            Key("drop", .list(.line), "That steps go without."),
        ])

    static let varTransform = Keys(
        "an item of 'var-transforms'", "VarTransform",
        [
            Key("from", .text, "What is looked at.", .required),
            Key("match", .text, "A regular expression.", .required),
            Key("replace", .text, "What takes its place; $1 is its first group."),
            Key("to", .line, "The variable's name.", .required),
        ])

    static let dataSet = Keys(
        "an item of 'data'", "DataSet",
        [
            Key("name", .line, "The name by which 'range' asks for it.", .required),
            Key("items", .texts, "Keys and values.", .required),
        ])

    static let buildOption = Keys(
        "an option", "BuildOption",
        [
            Key("vars", .texts, "Variables that it sets."),
            Key("environment", .mapping(.optionEnvironment), "What it changes of the build root."),
        ])

    static let optionEnvironment = Keys(
        "an option's environment", "OptionEnvironment",
        [Key("contents", .mapping(.optionContents), "Of its contents.")])

    static let optionContents = Keys(
        "an option's contents", "OptionContents",
        [Key("packages", .mapping(.optionPackages), "Of its packages.")])

    static let optionPackages = Keys(
        "an option's packages", "OptionPackages",
        [
            Key("add", .list(.line), "Packages that it adds."),
            Key("remove", .list(.line), "Packages that it leaves out."),
        ])

    static let subpackage = Keys(
        "a subpackage", "Subpackage",
        [
            Key("name", .line, "Its name.", .required),
            Key("range", .line, "Once for each item of this data."),
            Key("if", .text, "Only where this holds.", .blank),
            Key("description", .text, "One line for people."),
            Key("url", .line, "Where the program comes from.", .blank),
            Key("commit", .line, "The commit of the recipe itself.", .blank),
            Key("annotations", .texts, "Texts for other programs."),
            Key("dependencies", .mapping(.recipeDependencies), "What it asks for and offers."),
            Key("options", .mapping(.packageOptions), "Generated dependencies that it does without."),
            Key("scriptlets", .mapping(.packageScripts), "What a package manager runs; Slipway never does."),
            Key("checks", .mapping(.packageChecks), "Checks that are not made of it."),
            Key("setcap", .list(.mapping(.fileCapability)), "Capabilities of files."),
            Key("pipeline", .list(.mapping(.step)), "How it is split."),
            Key("test", .mapping(.recipeTest), "What is tried in an image of it and its needs."),
        ])

    static let recipeTest = Keys(
        "'test'", "RecipeTest",
        [
            Key("environment", .mapping(.definition), "What the test's image holds beside the package."),
            Key("pipeline", .list(.mapping(.step)), "What is tried, in order."),
        ])

    static let step = Keys(
        "a step", "Step",
        [
            Key("name", .line, "What people call it.", .blank),
            Key("description", .text, "What it does.", .blank),
            Key("if", .text, "Only where this holds.", .blank),
            Key("uses", .line, "The pipeline that it is.", .blank),
            Key("with", .texts, "The pipeline's inputs."),
            Key("runs", .text, "A script for /bin/sh.", .blank),
            Key("pipeline", .list(.itself("Step")), "Further steps."),
            Key("inputs", .mappings(.input), "What a pipeline may be given."),
            Key("needs", .mapping(.needs), "What the build root must have."),
            Key("label", .line, "A name that other steps use.", .blank),
            Key("assertions", .mapping(.assertions), "What must hold of the steps below."),
            Key("working-directory", .line, "Where it runs; the workspace without it.", .blank),
            Key("environment", .texts, "Environment variables."),
        ])

    static let pipeline = Keys(
        "the pipeline", "Pipeline",
        [
            Key("name", .line, "What people call it."),
            Key("description", .text, "What it does."),
            Key("inputs", .mappings(.input), "What it may be given."),
            Key("needs", .mapping(.needs), "What the build root must have."),
            Key("pipeline", .list(.mapping(.step)), "Its steps, in order."),
        ])

    static let input = Keys(
        "an input", "Input",
        [
            Key("description", .text, "What it is for."),
            Key("default", .text, "Its value where none is given."),
            Key("required", .boolean, "Whether one must be given."),
        ])

    static let needs = Keys(
        "'needs'", "Needs",
        [
            Key("packages", .list(.line), "Packages of the Alpine family."),
            Key(
                "debian", .list(.line),
                "What they are called in a build root of Debian packages (Slipway's key)."),
        ])

    static let assertions = Keys(
        "'assertions'", "Assertions",
        [Key("required-steps", .integer(0...1000), "So many of the steps below must be there.")])

    // MARK: - update

    static let update = Keys(
        "'update'", "Update",
        [
            Key("enabled", .boolean, "Whether releases are looked for.", .required),
            Key("manual", .boolean, "A release is reported, and a person takes it."),
            Key("shared", .boolean, "Dependents are built again with it."),
            Key("require-sequential", .boolean, "No release is left out."),
            Key("version-separator", .line, "What upstream writes in place of a dot."),
            Key("ignore-regex-patterns", .list(.text), "Tags that are no releases."),
            Key("version-transform", .list(.mapping(.transform)), "How a tag becomes a version."),
            Key("enable-prerelease-tags", .boolean, "Whether alpha, beta and rc are releases."),
            Key("exclude-reason", .text, "Why it is not enabled.", .blank),
            Key("schedule", .mapping(.schedule), "How often."),
            Key("github", .mapping(.github), "Releases or tags on GitHub."),
            Key("git", .mapping(.versionFilter), "Tags of the first git-checkout."),
            Key("release-monitor", .mapping(.releaseMonitor), "A project of release-monitoring.org."),
            Key("oci", .mapping(.ociMonitor), "An image's tags."),
            Key("pypi", .mapping(.pypi), "A project of the Python package index (Slipway's key)."),
            Key(
                "debian", .mapping(.debianMonitor),
                "A source package of this machine's apt sources (Slipway's key)."),
            Key("listing", .mapping(.listing), "A page of files (Slipway's key)."),
        ])

    static let transform = Keys(
        "an item of 'version-transform'", "Transform",
        [
            Key("match", .text, "A regular expression.", .required),
            Key("replace", .text, "What takes its place; $1 is its first group."),
        ])

    static let schedule = Keys(
        "'schedule'", "Schedule",
        [
            Key(
                "period", .word(UpdateRule.Schedule.Period.allCases.map(\.rawValue)), "How often.", .required),
            Key("reason", .text, "Why not more often.", .blank),
        ])

    private static let filterKeys = [
        Key("strip-prefix", .text, "What stands before a version in a tag."),
        Key("strip-suffix", .text, "What stands after it."),
        Key("tag-filter-prefix", .text, "Tags that begin otherwise are none."),
        Key("tag-filter-contains", .text, "Tags without it are none."),
    ]

    static let versionFilter = Keys("'git'", "VersionFilter", filterKeys)

    static let github = Keys(
        "'github'", "GitHub",
        [
            Key("identifier", .line, "OWNER/NAME.", .required),
            Key("use-tag", .boolean, "Tags, not releases."),
            Key(
                "tag-filter", .text, "The same as tag-filter-prefix.", deprecation: "write tag-filter-prefix"),
        ] + filterKeys)

    static let releaseMonitor = Keys(
        "'release-monitor'", "ReleaseMonitor",
        [
            Key("identifier", .integer(1...Int64(Int32.max)), "The project's number.", .required),
            Key("version-filter-prefix", .text, "Versions that begin otherwise are none."),
            Key("version-filter-contains", .text, "Versions without it are none."),
        ] + filterKeys.prefix(2))

    static let ociMonitor = Keys(
        "'oci'", "OCIMonitor", [Key("identifier", .line, "The image.", .required)] + filterKeys)

    static let pypi = Keys(
        "'pypi'", "PyPI", [Key("identifier", .line, "The project.", .required)] + filterKeys.prefix(2))

    static let debianMonitor = Keys(
        "'debian'", "DebianMonitor",
        [Key("identifier", .line, "The source package.", .required)] + filterKeys.prefix(2))

    static let listing = Keys(
        "'listing'", "Listing",
        [
            Key("url", .line, "The page.", .required),
            Key("pattern", .text, "A regular expression; its first group is the version.", .required),
        ] + filterKeys.prefix(2))
}
