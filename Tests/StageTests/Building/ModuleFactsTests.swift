// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing
import Vocabulary

@testable import Building

@Suite struct ModuleFactsTests {
    private func facts(_ script: String) throws -> ModuleFacts {
        let scratch = try Scratch()
        try scratch.sh("mkdir root; cd root; \(script)")
        return try ModuleFacts(of: try RootDirectory(HostPath("\(scratch.path)/root")))
    }

    @Test("a distribution is read with what it always needs")
    func python() throws {
        let found = try facts(
            """
            place=usr/lib/python3.13/site-packages; mkdir -p $place/Some_App-1.2.dist-info $place/some
            cat >$place/Some_App-1.2.dist-info/METADATA <<'END'
            Metadata-Version: 2.1
            Name: Some.App
            Version: 1.2
            Requires-Dist: Jinja2 (>=3.0)
            Requires-Dist: zope.interface>=5; python_version >= "3.8"
            Requires-Dist: tomli; python_version < "3.11"
            Requires-Dist: pytest; extra == "test"
            Requires-Dist: colorama ; sys_platform == 'win32'
            Requires-Dist: uvloop ; sys_platform == 'linux'

            Requires-Dist: not-a-header
            END
            touch $place/some/__init__.py
            """)
        #expect(found.distributions.map(\.name) == ["some-app"])
        #expect(found.distributions.first?.needs == ["jinja2", "zope-interface", "uvloop"])
        #expect(found.pythonVersions == ["3.13"] && !found.hasCommonPython && !found.hasPerl)
        #expect(found.alpineProvides == ["py3.13:some-app=1.2"])
        let name = try #require(PackageName("app"))
        #expect(found.alpineDepends(of: name) == ["python3~3.13"])
    }

    @Test(
        "modules for every Python are for one where they were compiled for it; Perl's are seen by their folder"
    )
    func others() throws {
        let common = try facts(
            "mkdir -p usr/lib/python3/dist-packages; touch usr/lib/python3/dist-packages/a.py")
        #expect(common.hasCommonPython && common.pythonVersions == [])
        let compiled = try facts(
            "mkdir -p usr/lib/python3/dist-packages; touch usr/lib/python3/dist-packages/a.cpython-311-x86_64-linux-gnu.so"
        )
        #expect(compiled.pythonVersions == ["3.11"])
        #expect(try facts("mkdir -p usr/share/perl5/A; touch usr/share/perl5/A/B.pm").hasPerl)
        #expect(try facts("mkdir -p usr/share/other; touch usr/share/other/B.pm").hasPerl == false)
        #expect(ModuleFacts.distribution("Version: 1\n", at: .root) == nil)
    }
}
