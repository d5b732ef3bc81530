// SPDX-License-Identifier: Apache-2.0

extension BuiltInPipelines {
    static let buildSystems: [String: String] = [
        "cmake/configure": """
        name: Configure with CMake
        inputs:
          output-dir:
            description: The folder that it builds in.
            default: output
          opts:
            description: Further options.
        needs:
          packages: [cmake, ninja]
          debian: [cmake, ninja-build]
        pipeline:
          - runs: |
              cmake -B "${{inputs.output-dir}}" -G Ninja \\
                  -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_BUILD_TYPE=Release \\
                  -DCMAKE_VERBOSE_MAKEFILE=ON \\
                  ${{inputs.opts}}
        """,
        "cmake/build": """
        name: Build with CMake
        inputs:
          output-dir:
            description: The folder that it builds in.
            default: output
          opts:
            description: Further options.
        needs:
          packages: [cmake, ninja]
          debian: [cmake, ninja-build]
        pipeline:
          - runs: |
              cmake --build "${{inputs.output-dir}}" ${{inputs.opts}}
        """,
        "cmake/install": """
        name: Install with CMake
        inputs:
          output-dir:
            description: The folder that it builds in.
            default: output
          opts:
            description: Further options.
        needs:
          packages: [cmake, ninja]
          debian: [cmake, ninja-build]
        pipeline:
          - runs: |
              DESTDIR="${{targets.contextdir}}" cmake --install "${{inputs.output-dir}}" ${{inputs.opts}}
        """,
        "meson/configure": """
        name: Configure with Meson
        inputs:
          output-dir:
            description: The folder that it builds in.
            default: output
          opts:
            description: Further options.
        needs:
          packages: [meson]
        pipeline:
          - runs: |
              meson setup "${{inputs.output-dir}}" --prefix=/usr --wrap-mode=nodownload ${{inputs.opts}}
        """,
        "meson/compile": """
        name: Build with Meson
        inputs:
          output-dir:
            description: The folder that it builds in.
            default: output
          opts:
            description: Further options.
        needs:
          packages: [meson]
        pipeline:
          - runs: |
              meson compile -C "${{inputs.output-dir}}" ${{inputs.opts}}
        """,
        "meson/install": """
        name: Install with Meson
        inputs:
          output-dir:
            description: The folder that it builds in.
            default: output
          opts:
            description: Further options.
        needs:
          packages: [meson]
        pipeline:
          - runs: |
              DESTDIR="${{targets.contextdir}}" meson install --no-rebuild -C "${{inputs.output-dir}}" ${{inputs.opts}}
        """,
    ]
}
