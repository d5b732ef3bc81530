// SPDX-License-Identifier: Apache-2.0

/// An image or artifact manifest (OCI image-spec, manifest.md).
package struct ImageManifest: Hashable, Sendable, Codable {
    package var schemaVersion = 2
    package var mediaType: MediaType?
    package var artifactType: MediaType?
    package var config: Descriptor
    package var layers: [Descriptor]
    package var subject: Descriptor?
    package var annotations: [String: String]?

    package init(
        config: Descriptor, layers: [Descriptor], artifactType: MediaType? = nil, subject: Descriptor? = nil,
        annotations: [String: String]? = nil
    ) {
        self.mediaType = .imageManifest
        self.artifactType = artifactType
        self.config = config
        self.layers = layers
        self.subject = subject
        self.annotations = annotations
    }
}

/// An image index (OCI image-spec, image-index.md).
package struct ImageIndex: Hashable, Sendable, Codable {
    package var schemaVersion = 2
    package var mediaType: MediaType?
    package var artifactType: MediaType?
    package var manifests: [Descriptor]
    package var subject: Descriptor?
    package var annotations: [String: String]?

    package init(
        manifests: [Descriptor], artifactType: MediaType? = nil, subject: Descriptor? = nil,
        annotations: [String: String]? = nil
    ) {
        self.mediaType = .imageIndex
        self.artifactType = artifactType
        self.manifests = manifests
        self.subject = subject
        self.annotations = annotations
    }
}

/// An image configuration (OCI image-spec, config.md); JSON names are the spec's.
package struct ImageConfiguration: Hashable, Sendable, Codable {
    package struct Process: Hashable, Sendable, Codable {
        package var user: String?
        package var environment: [String]?
        package var entrypoint: [String]?
        package var cmd: [String]?
        package var workingDirectory: String?
        package var labels: [String: String]?
        package var stopSignal: String?
        /// The keys are the mount points.
        package var volumes: [String: Nothing]?
        /// The keys are ports, `8080/tcp`.
        package var exposedPorts: [String: Nothing]?

        /// The empty object that the spec has for the members of a set.
        package struct Nothing: Hashable, Sendable, Codable { package init() {} }

        package enum CodingKeys: String, CodingKey {
            case user = "User"
            case environment = "Env"
            case entrypoint = "Entrypoint"
            case cmd = "Cmd"
            case workingDirectory = "WorkingDir"
            case labels = "Labels"
            case stopSignal = "StopSignal"
            case volumes = "Volumes"
            case exposedPorts = "ExposedPorts"
        }

        package init() {}
    }

    package struct RootFileSystem: Hashable, Sendable, Codable {
        package var type = "layers"
        package var diffIDs: [Digest]

        package enum CodingKeys: String, CodingKey {
            case type
            case diffIDs = "diff_ids"
        }

        package init(diffIDs: [Digest]) { self.diffIDs = diffIDs }
    }

    package struct HistoryEntry: Hashable, Sendable, Codable {
        package var created: String?
        package var createdBy: String?
        package var comment: String?
        package var emptyLayer: Bool?

        package enum CodingKeys: String, CodingKey {
            case created
            case createdBy = "created_by"
            case comment
            case emptyLayer = "empty_layer"
        }

        package init(created: String?, createdBy: String?, comment: String? = nil) {
            self.created = created
            self.createdBy = createdBy
            self.comment = comment
        }
    }

    package var created: String?
    package var author: String?
    package var architecture: String
    package var os: String
    package var variant: String?
    package var config: Process?
    package var rootfs: RootFileSystem
    package var history: [HistoryEntry]?

    package init(platform: Platform, created: Timestamp?, config: Process, diffIDs: [Digest]) {
        self.created = created?.description
        self.architecture = platform.architecture
        self.os = platform.os
        self.variant = platform.variant
        self.config = config
        self.rootfs = RootFileSystem(diffIDs: diffIDs)
    }
}
