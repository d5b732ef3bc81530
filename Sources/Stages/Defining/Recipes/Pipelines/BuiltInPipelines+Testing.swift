// SPDX-License-Identifier: Apache-2.0

extension BuiltInPipelines {
    /// The files of the package under test, by what the test's image was told of it.
    static let testing: [String: String] = [
        "python/import": """
        name: Import a Python module
        inputs:
          python:
            description: The interpreter.
            default: python3
          import:
            description: A module.
          from:
            description: The module that it is imported from.
          imports:
            description: Lines of Python, each an import.
          venv:
            description: A virtual environment's folder.
        pipeline:
          - runs: |
              python="${{inputs.python}}"
              [ "$python" != DEFAULT ] || python=python3
              [ -z "${{inputs.venv}}" ] || python="${{inputs.venv}}/bin/python"
              if [ -n "${{inputs.import}}" ]; then
                  if [ -n "${{inputs.from}}" ]; then
                      "$python" -c "from ${{inputs.from}} import ${{inputs.import}}"
                  else
                      "$python" -c "import ${{inputs.import}}"
                  fi
              fi
              "$python" - <<'END'
              ${{inputs.imports}}
              END
        """,
        "python/test": """
        name: Run a command in Python's environment
        inputs:
          command:
            description: The command.
            required: true
        pipeline:
          - runs: ${{inputs.command}}
        """,
        "xcover/profile": unmeasured,
        "xcover/status": unmeasured,
        "xcover/stop": unmeasured,
        "xcover/wait": unmeasured,
        "xcover/ensure": unmeasured,
    ]

    /// Probes in the host's kernel are none of a sandbox's: the test goes on without them, and says so.
    private static let unmeasured = """
        name: Coverage, which is not measured here
        inputs:
          package: {}
          executable-path: {}
          exclude-functions: {}
          include-functions: {}
          min-coverage: {}
          verbose: {}
          detached: {}
          pidfile: {}
        pipeline:
          - runs: echo "coverage of ${{package.name}} is not measured in a sandbox"
        """
}
