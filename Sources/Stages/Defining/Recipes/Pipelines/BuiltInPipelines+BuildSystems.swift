// SPDX-License-Identifier: Apache-2.0

extension BuiltInPipelines {
    private static let cmakeNeeds = """
          packages: [cmake, ninja]
          debian: [cmake, ninja-build]
        """

    private static let mesonNeeds = """
          packages: [meson]
        """

    /// A pipeline of a build system that builds in a folder of its own.
    private static func step(_ name: String, needs: String, _ script: String) -> String {
        let body = script.split(separator: "\n").map { "      \($0)" }.joined(separator: "\n")
        return """
            name: \(name)
            inputs:
              output-dir:
                description: The folder that it builds in.
                default: output
              opts:
                description: Further options.
            needs:
            \(needs)
            pipeline:
              - runs: |
            \(body)
            """
    }

    static let buildSystems: [String: String] = [
        "cmake/configure": step(
            "Configure with CMake", needs: cmakeNeeds,
            """
            cmake -B "${{inputs.output-dir}}" -G Ninja \\
                -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_BUILD_TYPE=Release \\
                -DCMAKE_VERBOSE_MAKEFILE=ON \\
                ${{inputs.opts}}
            """),
        "cmake/build": step(
            "Build with CMake", needs: cmakeNeeds,
            """
            cmake --build "${{inputs.output-dir}}" ${{inputs.opts}}
            """),
        "cmake/install": step(
            "Install with CMake", needs: cmakeNeeds,
            """
            DESTDIR="${{targets.contextdir}}" cmake --install "${{inputs.output-dir}}" ${{inputs.opts}}
            """),
        "meson/configure": step(
            "Configure with Meson", needs: mesonNeeds,
            """
            meson setup "${{inputs.output-dir}}" --prefix=/usr --wrap-mode=nodownload ${{inputs.opts}}
            """),
        "meson/compile": step(
            "Build with Meson", needs: mesonNeeds,
            """
            meson compile -C "${{inputs.output-dir}}" ${{inputs.opts}}
            """),
        "meson/install": step(
            "Install with Meson", needs: mesonNeeds,
            """
            DESTDIR="${{targets.contextdir}}" meson install --no-rebuild -C "${{inputs.output-dir}}" ${{inputs.opts}}
            """),
    ]
}
