// SPDX-License-Identifier: Apache-2.0

/// Slipway's own pipelines, in the language of project pipelines. Scripts are for any POSIX shell, as the build root may
/// be of either family.
enum BuiltInPipelines {
    /// By the name that `uses` has.
    static let texts: [String: String] = [autotools, buildSystems, languages, splitting, testing, others]
        .reduce(into: [:]) { all, some in all.merge(some) { $1 } }

    private static let others: [String: String] = [
        "patch": """
        name: Apply patches
        inputs:
          patches:
            description: Files with patches, in order, divided by blanks.
          series:
            description: A file with the names of patches, a line each.
          strip-components:
            description: Leading parts of a path that are left out.
            default: 1
          fuzz:
            description: Lines of context that may differ.
            default: 2
        needs:
          packages: [patch]
        pipeline:
          - runs: |
              patches="${{inputs.patches}}"
              if [ -n "${{inputs.series}}" ]; then
                  [ -z "$patches" ] || { echo "name 'patches' or 'series', not both" >&2; exit 1; }
                  patches=$(sed -e 's/#.*//' "${{inputs.series}}")
              fi
              [ -n "$patches" ] || { echo "neither 'patches' nor 'series' names one" >&2; exit 1; }
              for file in $patches; do
                  echo "patch $file"
                  patch -p${{inputs.strip-components}} --fuzz=${{inputs.fuzz}} --input="$file"
              done
        """,
        "git-am": """
        name: Apply mails with patches
        inputs:
          patches:
            description: Files with mails, in order, divided by blanks.
            required: true
        needs:
          packages: [git]
        pipeline:
          - runs: |
              git -c user.name=build -c user.email=build@localhost am ${{inputs.patches}}
        """,
        "strip": """
        name: Take debug information out of programs and libraries
        inputs:
          opts:
            description: Options of strip.
            default: -g
        needs:
          packages: [binutils]
        pipeline:
          - runs: |
              find "${{targets.contextdir}}" -type f | while IFS= read -r file; do
                  # Executables and shared objects, by e_ident and e_type (System V gABI).
                  case $(od -An -N18 -tx1 "$file" | tr -d ' \\n') in
                  7f454c46????????????????????????0[23]00) strip ${{inputs.opts}} "$file" ;;
                  esac
              done
        """,
    ]
}
