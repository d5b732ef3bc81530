# SPDX-License-Identifier: Apache-2.0
"""The house in one table: what each target may see, and behind which door each heavy library stands.

The same facts stand in ARCHITECTURE.md for people; this file is what `make check` holds the code against.
"""

# Floors from the ground up; a target never imports one of a higher floor.
FLOORS = [
    ["CZlib", "CLibdeflate", "CLzma", "CZstd", "CBzip2", "CRE2", "CShim"],
    ["Vocabulary"],
    ["Archives"],
    ["Storage", "Execution", "Transport", "Records", "Distribution"],
    ["Defining", "Resolving", "Fetching", "Composing", "Building", "Running", "Describing", "Attesting",
     "Inspecting", "Scanning", "Verifying"],
    ["Pipeline", "Factory", "RegistryServer", "CatalogSite"],
    ["Commands"],
    ["slipway"],
]
STAGES = set(FLOORS[4])

# Folder of each target, relative to Sources.
FOLDERS = {
    "Vocabulary": "Vocabulary", "Archives": "Archives", "CRE2": "CRE2", "CShim": "CShim", "Commands": "Commands", "slipway": "slipway",
    **{name: f"Effects/{name}" for name in FLOORS[3]},
    **{name: f"Stages/{name}" for name in FLOORS[4]},
    **{name: f"Assembly/{name}" for name in FLOORS[5]},
}

# What a target sees of Slipway's own, beside Vocabulary.
_effects = {"Storage", "Execution", "Transport", "Records", "Distribution"}
SEES = {
    "Vocabulary": set(), "Archives": set(),
    "Storage": set(), "Execution": set(), "Transport": set(), "Records": set(),
    "Distribution": {"Archives", "Transport", "Storage"},
    "Defining": set(), "Resolving": set(), "Describing": set(), "Scanning": set(),
    "Fetching": {"Archives", "Storage", "Transport", "Execution"},
    "Composing": {"Archives", "Storage"},
    "Running": {"Archives", "Storage", "Execution"},
    "Building": {"Archives", "Storage", "Execution"},
    "Inspecting": {"Archives", "Storage", "Distribution"},
    "Attesting": set(), "Verifying": {"Distribution"},
    "Pipeline": STAGES | _effects | {"Archives"},
    "Factory": {"Pipeline", "Records", "Storage"},
    "RegistryServer": {"Storage"},
    "CatalogSite": {"Records"},
    "Commands": {"Pipeline", "Factory", "RegistryServer", "CatalogSite", "Records"},
    "slipway": {"Commands"},
}

# Each library and the targets that are its door.
DOORS = {
    "Crypto": {"Vocabulary", "Attesting", "Verifying"}, "CryptoExtras": {"Fetching", "Building"},
    "CZlib": {"Archives"}, "CLibdeflate": {"Archives"}, "CLzma": {"Archives"}, "CZstd": {"Archives"}, "CBzip2": {"Archives"},
    "CRE2": {"Vocabulary"}, "CShim": {"Storage"}, "SystemPackage": {"Storage", "Execution"},
    "Subprocess": {"Execution"},
    "AsyncHTTPClient": {"Transport"}, "NIOCore": {"Transport", "RegistryServer", "CatalogSite"},
    "NIOHTTP1": {"Transport", "RegistryServer"}, "NIOPosix": {"Transport"}, "NIOSSL": {"Transport"},
    "NIOFoundationEssentialsCompat": set(),
    "GRDB": {"Records"}, "Yams": {"Defining"},
    "Hummingbird": {"RegistryServer", "CatalogSite"}, "HummingbirdCore": {"RegistryServer"},
    "HTTPTypes": {"RegistryServer", "CatalogSite"},
    "ArgumentParser": {"Commands", "slipway"},
    "UnixSignals": {"Commands"},
    "ServiceLifecycle": {"Factory", "RegistryServer", "CatalogSite", "Commands"},
}
# Free for all but Vocabulary, which knows no logger.
EVERYWHERE = {"Swift", "Synchronization", "FoundationEssentials"}
LOGGING = "Logging"
# What touches the machine: never in a pure place.
MACHINE = {"Glibc", "Dispatch"}

# Refused outright: each would bring tens of megabytes or a second way of doing the same.
REFUSED = {"Foundation", "FoundationNetworking", "Collections", "Mustache", "SwiftProtobuf", "JWTKit", "SwiftSyntax"}

# Pure places: no clock, file system, environment, concurrency.
PURE_TARGETS = {"Vocabulary", "Resolving", "Describing", "Scanning"}
PURE_FOLDER_NAMES = {"Plan", "Watching"}

# The families of packages: each has a folder of this name wherever it needs code of its own.
FAMILIES = ("Debian", "Alpine")
# The only files outside those folders that know the families by name, each with what it picks there.
FAMILY_PICKS = {
    "Vocabulary/OCI/Platform.swift": "a table: what each family calls an architecture",
    "Vocabulary/Packages/PackageVersion.swift": "the family's order of versions",
    "Vocabulary/Attestations/ArchitectureLock+Names.swift": "what a family's packages and their files are called",
    "Vocabulary/Handover/ImageDefinition.swift": "the forms of a repository line, and whose keys stand in the image",
    "Stages/Defining/Language/FamilyLanguage.swift": "which parts of the language mean something to a family",
    "Stages/Fetching/RepositoryReader.swift": "the reader of a repository line (2 requirements)",
    "Stages/Resolving/Families.swift": "the resolution of a family, and its rules",
    "Stages/Resolving/Resolver.swift": "the curated rules that are handed in",
    "Stages/Building/PackageFile.swift": "the reader of a finished package file",
    "Stages/Composing/FamilyParts.swift": "reader, rules, database and conflicts of a family",
    "Stages/Inspecting/PackageDatabase.swift": "the databases of installed packages that are looked for",
    "Stages/Scanning/ScannedDistribution.swift": "a table: which advisories hold for which distribution",
}
