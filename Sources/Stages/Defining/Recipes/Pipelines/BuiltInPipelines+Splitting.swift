// SPDX-License-Identifier: Apache-2.0

extension BuiltInPipelines {
    /// What splits take from another package of the recipe: `move`, for paths and patterns below its root, keeps each at its
    /// place.
    private static let prelude = """
        from="${{targets.outdir}}/${{inputs.package}}"
        to="${{targets.contextdir}}"
        if [ "$from" = "$to" ]; then
            echo "a package cannot be split from itself: use this in a subpackage" >&2
            exit 1
        fi
        move() { # FOLDER, below the root
            [ -e "$from/$1" ] || [ -L "$from/$1" ] || return 0
            mkdir -p "$to/$(dirname "$1")"
            mv "$from/$1" "$to/$1"
        }
        move_found() { # of find's arguments
            (cd "$from" && find . "$@") | while IFS= read -r path; do move "${path#./}"; done
        }
        sweep() { [ ! -d "$from" ] || find "$from" -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null || true; }
        [ -d "$from" ] || exit 0
        """

    private static let package = """
          package:
            description: The package that it is split from.
            default: ${{package.name}}
        """

    /// A pipeline with the prelude before its script, which stands in eight blanks as YAML wants it.
    private static func split(_ name: String, inputs: String = "", _ script: String) -> String {
        let lines = (prelude + "\n" + script + "\nsweep").split(
            separator: "\n", omittingEmptySubsequences: false)
        let body = lines.map { $0.isEmpty ? "" : "      \($0)" }.joined(separator: "\n")
        let further = inputs.isEmpty ? "" : "\n\(inputs)"
        return "name: \(name)\ninputs:\n\(package)\(further)\npipeline:\n  - runs: |\n\(body)\n"
    }

    static let splitting: [String: String] = [
        "split/dev": split(
            "Split what is for building other programs",
            inputs: """
                  prefix:
                    description: The folder in which the package is installed.
                    default: usr
                """,
            """
            prefix="${{inputs.prefix}}"
            for path in include lib/pkgconfig share/pkgconfig share/aclocal share/gettext share/vala/vapi lib/cmake \\
                share/cmake lib/glade/modules share/glade/catalogs; do
                move "$prefix/$path"
            done
            if [ -d "$from/$prefix" ]; then
                move_found -path "./$prefix/bin/*-config"
                move_found -path "./$prefix/bin/*_config"
                move_found -path "./$prefix/share/gir-[0-9]*" -prune
                move_found -path "./$prefix/share/qt*/mkspecs" -prune
                move_found -path "./$prefix/lib/qt*/mkspecs" -prune
            fi
            move_found -type d -name include -prune
            move_found -type f -name '*.a'
            for folder in lib usr; do
                [ -d "$from/$folder" ] || continue
                (cd "$from" && find "./$folder" -type f \\( -name '*.[cho]' -o -name '*.prl' \\)) |
                    while IFS= read -r path; do move "${path#./}"; done
            done
            # Links for the linker; a real file of such a name is what programs load.
            for folder in lib usr/lib; do
                [ -d "$from/$folder" ] || continue
                (cd "$from" && find "./$folder" -maxdepth 1 -type l -name '*.so') |
                    while IFS= read -r path; do move "${path#./}"; done
            done
            """),
        "split/static": split("Split static libraries", "move_found -type f -name '*.a'"),
        "split/manpages": split(
            "Split manual pages",
            """
            for path in usr/share/man usr/local/share/man usr/man; do
                [ -d "$from/$path" ] || continue
                mkdir -p "$to/usr/share/man"
                cp -a "$from/$path/." "$to/usr/share/man/"
                rm -rf "$from/$path"
            done
            """),
        "split/infodir": split(
            "Split info pages",
            """
            rm -f "$from/usr/share/info/dir"
            move usr/share/info
            """),
        "split/alldocs": split(
            "Split documentation",
            """
            rm -f "$from/usr/share/info/dir"
            for path in usr/share/info usr/share/man usr/local/share/man usr/share/doc usr/local/share/doc; do
                move "$path"
            done
            """),
        "split/locales": split("Split translations", "move usr/share/locale"),
        "split/bin": split("Split programs", "move_found -path './usr/bin/*'"),
        "split/lib": split(
            "Split shared libraries",
            inputs: """
                  patterns:
                    description: Names without lib and .so, divided by blanks; all without it.
                  paths:
                    description: Folders beside lib and usr/lib, divided by blanks.
                """,
            """
            patterns="${{inputs.patterns}}"
            for folder in lib usr/lib ${{inputs.paths}}; do
                [ -d "$from/$folder" ] || continue
                for pattern in ${patterns:-'*'}; do
                    [ "$pattern" = '*' ] && name='*.so.*' || name="lib$pattern.so.*"
                    (cd "$from" && find "./$folder" -maxdepth 1 \\( -type f -o -type l \\) -name "$name") |
                        while IFS= read -r path; do move "${path#./}"; done
                done
            done
            """),
        "split/debug": split(
            "Split debug information",
            """
            find "$from" -type f | while IFS= read -r file; do
                case $(od -An -N18 -tx1 "$file" | tr -d ' \\n') in
                7f454c46????????????????????????0[23]00) ;;
                *) continue ;;
                esac
                path="usr/lib/debug/${file#"$from"/}.debug"
                mkdir -p "$to/$(dirname "$path")"
                objcopy --only-keep-debug "$file" "$to/$path"
                strip --strip-unneeded "$file"
                objcopy --add-gnu-debuglink="$to/$path" "$file"
            done
            """),
    ]
}
