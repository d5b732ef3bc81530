// SPDX-License-Identifier: Apache-2.0

extension BuiltInPipelines {
    private static let goInputs = """
          packages:
            description: What to build, divided by blanks.
            required: true
          output:
            description: The program's name.
            required: true
          go-package:
            description: The package that has the compiler.
            default: go
          tags:
            description: Build tags, divided by commas.
          toolchaintags:
            description: Tags that every build has.
            default: netgo,osusergo
          modroot:
            description: Where go.mod is.
            default: .
          prefix:
            description: The folder that it is installed in.
            default: usr
          install-dir:
            description: The folder below it.
            default: bin
          ldflags:
            description: Options of the linker.
          strip:
            description: Options that make it small.
            default: -w
          vendor:
            description: Whether dependencies lie in vendor.
            default: false
          deps:
            description: Modules in other versions.
          experiments:
            description: GOEXPERIMENT.
          extra-args:
            description: Further options.
          amd64:
            description: GOAMD64.
            default: v2
          arm64:
            description: GOARM64.
            default: v8.0
          buildmode:
            description: The kind of program.
            default: default
          tidy:
            description: Whether go.mod is tidied.
            default: false
          ignore-untracked-files:
            description: Whether files that git does not know count as none.
            default: true
        """

    private static func go(_ name: String) -> String {
        """
        name: \(name)
        inputs:
        \(goInputs)
        needs:
          packages: ["${{inputs.go-package}}", build-base, busybox, ca-certificates-bundle]
          debian: [golang-go, gcc, libc6-dev]
        pipeline:
          - runs: |
              cd "${{inputs.modroot}}"
              [ -e go.mod ] || { echo "there is no go.mod in '${{inputs.modroot}}'" >&2; exit 1; }
              [ -z "${{inputs.deps}}" ] || { echo "'deps' wants other modules, and steps have no network: write them into go.mod and vendor them" >&2; exit 1; }
              if [ "${{inputs.vendor}}" = true ] || [ -d vendor ]; then vendor=-mod=vendor; else vendor=; fi
              tags="${{inputs.toolchaintags}}"
              [ -z "${{inputs.tags}}" ] || tags="$tags,${{inputs.tags}}"
              export GOAMD64="${{inputs.amd64}}" GOARM64="${{inputs.arm64}}" GOEXPERIMENT="${{inputs.experiments}}"
              export GOFLAGS="${GOFLAGS:-} -buildvcs=false" GOPROXY=off GOTOOLCHAIN=local
              go build -o "${{targets.contextdir}}/${{inputs.prefix}}/${{inputs.install-dir}}/${{inputs.output}}" \\
                  $vendor -tags "$tags" -ldflags "${{inputs.strip}} ${{inputs.ldflags}}" -trimpath \\
                  -buildmode "${{inputs.buildmode}}" ${{inputs.extra-args}} ${{inputs.packages}}

        """
    }

    static let languages: [String: String] = [
        "go/build": go("Build a Go program"),
        "go/build/v2": go("Build a Go program"),
        "cargo/build": """
        name: Build a Rust program
        inputs:
          output:
            description: The program's name; every program that was built without it.
          opts:
            description: Options of cargo.
            default: --release
          modroot:
            description: Where Cargo.toml is.
            default: .
          rustflags:
            description: RUSTFLAGS.
          prefix:
            description: The folder that it is installed in.
            default: usr
          install-dir:
            description: The folder below it.
            default: bin
          output-dir:
            description: Where cargo leaves what it built.
            default: target/release
          jobs:
            description: Compilers at once; as many as processors without it.
        needs:
          packages: [build-base, busybox, cargo-auditable, rust]
          debian: [cargo, rustc, gcc, libc6-dev]
        pipeline:
          - runs: |
              cd "${{inputs.modroot}}"
              export RUSTFLAGS="${RUSTFLAGS:-} ${{inputs.rustflags}}" CARGO_NET_OFFLINE=true
              jobs="${{inputs.jobs}}"
              auditable=auditable
              command -v cargo-auditable >/dev/null || auditable=
              cargo $auditable build --target-dir target -j "${jobs:-$(nproc)}" ${{inputs.opts}}
              target="${{targets.contextdir}}/${{inputs.prefix}}/${{inputs.install-dir}}"
              mkdir -p "$target"
              if [ -n "${{inputs.output}}" ]; then
                  install -m755 "${{inputs.output-dir}}/${{inputs.output}}" "$target/"
              else
                  find "${{inputs.output-dir}}" -maxdepth 1 -type f -perm -0100 -exec install -m755 {} "$target/" ';'
              fi
        """,
        "python/build": """
        name: Build a Python package
        needs:
          packages: [python3]
        pipeline:
          - runs: python3 setup.py build
        """,
        "python/install": """
        name: Install a Python package
        needs:
          packages: [python3]
        pipeline:
          - runs: |
              export DEB_PYTHON_INSTALL_LAYOUT="${DEB_PYTHON_INSTALL_LAYOUT:-deb_system}"
              python3 setup.py install --prefix=/usr --root="${{targets.contextdir}}"
        """,
        "python/build-wheel": """
        name: Build a wheel and install it
        needs:
          packages: [python3, py3-pip]
          debian: [python3, python3-pip, python3-setuptools, python3-wheel]
        pipeline:
          - uses: py/pip-build-install
        """,
        "py/pip-build-install": """
        name: Build a wheel with pip and install it
        inputs:
          python:
            description: The interpreter; the only one without it.
            default: DEFAULT
          dest:
            description: The root that it is installed in.
            default: ${{targets.contextdir}}
          needs-exe-named-python3:
            description: Read, and without meaning here.
          needs-exe-named-python:
            description: Read, and without meaning here.
          prevent-inclusion:
            description: Files and folders that are hidden from the build, divided by blanks.
        needs:
          debian: [python3, python3-pip, python3-setuptools, python3-wheel]
        pipeline:
          - runs: |
              python="${{inputs.python}}"
              if [ "$python" = DEFAULT ]; then
                  for candidate in /usr/bin/python3 /usr/bin/python3.[0-9]*; do
                      case $candidate in *-config | *'*') continue ;; esac
                      [ -x "$candidate" ] && python=$(readlink -f "$candidate") && break
                  done
              fi
              [ "$python" != DEFAULT ] || { echo "the build root has no /usr/bin/python3" >&2; exit 1; }
              hidden=$(mktemp -d)
              for path in ${{inputs.prevent-inclusion}}; do [ ! -e "$path" ] || mv "$path" "$hidden/"; done
              # Zip files know no time before 1980.
              [ "${SOURCE_DATE_EPOCH:-0}" -ge 315532800 ] || export SOURCE_DATE_EPOCH=315532800
              export PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_BREAK_SYSTEM_PACKAGES=1
              # Debian's Python puts what it installs below /usr/local, unless it is for the distribution.
              export DEB_PYTHON_INSTALL_LAYOUT="${DEB_PYTHON_INSTALL_LAYOUT:-deb_system}"
              wheels=$(mktemp -d)
              "$python" -m pip wheel --no-deps --no-build-isolation --wheel-dir "$wheels" .
              "$python" -m pip install --no-deps --no-compile --no-warn-script-location \\
                  --root "${{inputs.dest}}" --prefix=/usr "$wheels"/*.whl
              for path in ${{inputs.prevent-inclusion}}; do
                  [ ! -e "$hidden/${path##*/}" ] || mv "$hidden/${path##*/}" "$path"
              done
              # Compiled files are checked by nobody's clock, so that they are the same every time. pip's own record
              # of where the wheel lay says nothing of the package.
              find "${{inputs.dest}}" -type f -path '*.dist-info/direct_url.json' -exec rm -f {} +
              find "${{inputs.dest}}" -type f -path '*.dist-info/RECORD' \\
                  -exec sed -i '/\\.dist-info\\/direct_url\\.json,/d' {} +
              "$python" -m compileall -q -f -s "${{inputs.dest}}" -p / --invalidation-mode unchecked-hash \\
                  "${{inputs.dest}}/usr/lib" || true
        """,
        "perl/make": """
        name: Configure a Perl module
        needs:
          packages: [perl, make]
          debian: [perl, make]
        pipeline:
          - runs: perl Makefile.PL INSTALLDIRS=vendor
        """,
        "perl/cleanup": """
        name: Take out what Perl's installer leaves behind
        pipeline:
          - runs: |
              find "${{targets.contextdir}}" -type f \\( -name perllocal.pod -o -name .packlist \\) -exec rm -f {} +
              find "${{targets.contextdir}}" -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null || true
        """,
        "ruby/build": """
        name: Build a gem
        inputs:
          dir:
            description: Where the gem's specification is.
            default: .
          gem:
            description: The specification's name, without .gemspec.
            required: true
          output:
            description: The name of the gem's file.
          opts:
            description: Options of gem build.
        needs:
          packages: [busybox]
          debian: [ruby]
        pipeline:
          - runs: |
              cd "${{inputs.dir}}"
              specification="${{inputs.gem}}.gemspec"
              # Nobody who builds has the maintainer's key.
              sed -i -e '/signing_key/d' -e '/cert_chain/d' "$specification"
              output="${{inputs.output}}"
              gem build "$specification" ${output:+--output "$output"} ${{inputs.opts}}
        """,
        "ruby/install": """
        name: Install a gem
        inputs:
          dir:
            description: Where the gem's file is.
            default: .
          gem:
            description: The gem's name.
          version:
            description: Its version.
            default: ${{package.version}}
          gem-file:
            description: The file's name; NAME-VERSION.gem without it.
          opts:
            description: Options of gem install.
        needs:
          packages: [busybox]
          debian: [ruby]
        pipeline:
          - runs: |
              cd "${{inputs.dir}}"
              file="${{inputs.gem-file}}"
              target="${{targets.contextdir}}$(ruby -e 'puts Gem.default_dir')"
              mkdir -p "$target"
              gem install "${file:-${{inputs.gem}}-${{inputs.version}}.gem}" --install-dir "$target" \\
                  --bindir "${{targets.contextdir}}/usr/bin" --ignore-dependencies --no-document --local --verbose \\
                  ${{inputs.opts}}
        """,
        "ruby/clean": """
        name: Take out what gem's installer leaves behind
        pipeline:
          - runs: |
              target="${{targets.contextdir}}$(ruby -e 'puts Gem.default_dir')"
              rm -rf "$target/build_info" "$target/cache"
              find "${{targets.contextdir}}" -type f \\( -name gem_make.out -o -name mkmf.log \\) -exec rm -f {} +
        """,
        "R/build": """
        name: Install an R package
        inputs:
          package:
            description: The package's name.
            required: true
          version:
            description: Its version.
          path:
            description: Where its source is.
            default: .
        needs:
          packages: [R, R-dev]
          debian: [r-base-dev]
        pipeline:
          - runs: |
              target="${{targets.contextdir}}/usr/lib/R/library"
              mkdir -p "$target"
              R CMD INSTALL --no-test-load --library="$target" "${{inputs.path}}"
        """,
        "pecl/phpize": """
        name: Configure an extension of PHP
        needs:
          packages: [busybox]
          debian: [php-dev]
        inputs:
          prefix:
            description: The folder that PHP is installed in.
            default: /usr
        pipeline:
          - runs: |
              phpize
              ./configure --prefix="${{inputs.prefix}}" --with-php-config=php-config
        """,
        "pecl/install": """
        name: Install an extension of PHP
        inputs:
          extension:
            description: Its name.
            required: true
        needs:
          packages: [busybox, make]
          debian: [php-dev, make]
        pipeline:
          - runs: |
              make INSTALL_ROOT="${{targets.contextdir}}" install
              mkdir -p "${{targets.contextdir}}/etc/php/conf.d"
              echo "extension=${{inputs.extension}}.so" >"${{targets.contextdir}}/etc/php/conf.d/${{inputs.extension}}.ini"
        """,
    ]
}
