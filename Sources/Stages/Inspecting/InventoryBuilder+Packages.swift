// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Vocabulary

extension InventoryBuilder {
    /// What the image says it is.
    func operatingSystem() throws(InspectingError) -> ImageInventory.OperatingSystem? {
        for text in Evidence.operatingSystem {
            guard let path = ImagePath(text), let bytes = try bytes(at: path) else { continue }
            return OperatingSystemReader.read(bytes)
        }
        return nil
    }

    /// What is installed, by every database that is read, and a diagnostic for each that is not.
    func packages() throws(InspectingError) -> (packages: [ImageInventory.Package], diagnostics: [Diagnostic])
    {
        var reader = DebianPackageReader()
        if let path = ImagePath(Evidence.dpkgStatus), let bytes = try bytes(at: path) {
            try reader.read(bytes, from: path, needsStatus: true)
        }
        if let directory = ImagePath(Evidence.dpkgDirectory) {
            let names = tree.names(in: directory).filter { !$0.hasSuffix(".md5sums") }
            guard names.count <= Evidence.packageLimit else {
                throw .database(directory, reason: "it holds more than \(Evidence.packageLimit) files")
            }
            for name in names {
                guard let path = directory.appending(name), let bytes = try bytes(at: path) else { continue }
                try reader.read(bytes, from: path, needsStatus: false)
            }
        }
        var diagnostics = reader.diagnostics
        for (text, family) in Evidence.others {
            guard let path = ImagePath(text), tree.content(at: path) != nil else { continue }
            diagnostics.append(
                Diagnostic(
                    .warning, .packageDatabase,
                    "the packages in \(path) are not listed: this Slipway does not read \(family) databases"))
        }
        return (reader.sorted(), diagnostics)
    }
}
