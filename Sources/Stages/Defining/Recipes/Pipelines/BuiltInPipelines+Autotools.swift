// SPDX-License-Identifier: Apache-2.0

extension BuiltInPipelines {
    static let autotools: [String: String] = [
        "autoconf/configure": """
        name: Configure with autoconf
        inputs:
          dir:
            description: Where configure is.
            default: .
          host:
            description: The machine that the program is for.
            default: ${{host.triplet.gnu}}
          build:
            description: The machine that builds.
            default: ${{host.triplet.gnu}}
          opts:
            description: Further options.
        needs:
          packages: [autoconf, automake, libtool]
        pipeline:
          - runs: |
              cd "${{inputs.dir}}"
              if [ ! -e ./configure ] && { [ -e ./configure.ac ] || [ -e ./configure.in ]; }; then
                  autoreconf --verbose --force --install
              fi
              ./configure \\
                  --host=${{inputs.host}} --build=${{inputs.build}} \\
                  --prefix=/usr --sysconfdir=/etc --libdir=/usr/lib --mandir=/usr/share/man \\
                  --infodir=/usr/share/info --localstatedir=/var \\
                  ${{inputs.opts}}
        """,
        "autoconf/make": """
        name: Build with make
        inputs:
          dir:
            description: Where the makefile is.
            default: .
          opts:
            description: Variables and options.
          targets:
            description: What to make; the first target without it.
        needs:
          packages: [make]
        pipeline:
          - runs: |
              make -C "${{inputs.dir}}" -j"$(nproc)" V=1 ${{inputs.opts}} ${{inputs.targets}}
        """,
        "autoconf/make-install": """
        name: Install with make
        inputs:
          dir:
            description: Where the makefile is.
            default: .
          opts:
            description: Variables and options.
          targets:
            description: What to make.
            default: install
        needs:
          packages: [make]
        pipeline:
          - runs: |
              make -C "${{inputs.dir}}" V=1 DESTDIR="${{targets.contextdir}}" ${{inputs.opts}} ${{inputs.targets}}
              # They name folders of the build and help nobody who links with pkg-config.
              find "${{targets.contextdir}}" -type f -name '*.la' -exec rm -f {} +
        """,
    ]
}
