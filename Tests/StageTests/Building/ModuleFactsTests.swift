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
        #expect(PythonDistribution(metadata: "Version: 1\n", at: .root) == nil)
    }

    @Test("what Perl's modules load is known with the first file that does; one in C is for its Perl alone")
    func perl() throws {
        let found = try facts(
            """
            mkdir -p usr/share/perl5/A usr/lib/x86_64-linux-gnu/perl5/5.40/auto/A
            printf 'package A::B;\\nuse JSON;\\n1;\\n' >usr/share/perl5/A/B.pm
            printf 'package A::C;\\nuse JSON;\\nuse parent qw(X::Y);\\n1;\\n' >usr/share/perl5/A/C.pm
            touch usr/lib/x86_64-linux-gnu/perl5/5.40/auto/A/A.so
            """)
        #expect(found.perlModules.keys.sorted() == ["JSON", "X::Y", "parent"])
        #expect(found.perlModules["JSON"]?.text == "usr/share/perl5/A/B.pm")
        #expect(found.perlVersions == ["5.40"])
        let name = try #require(PackageName("app"))
        #expect(found.alpineDepends(of: name) == ["perl~5.40"])
    }

    @Test("a gem is read with what it needs to run, wherever its Ruby keeps it")
    func gems() throws {
        let found = try facts(
            """
            one=usr/lib/ruby/gems/3.3.0/specifications; two=usr/share/rubygems-integration/all/specifications
            mkdir -p $one $two
            cat >$one/sinatra-4.1.1.gemspec <<'END'
            # -*- encoding: utf-8 -*-
            # stub: sinatra 4.1.1 ruby lib

            Gem::Specification.new do |s|
              s.name = "sinatra".freeze
              s.version = "4.1.1".freeze
              s.summary = "a name = \\"x\\"".freeze
              s.specification_version = 4
              s.add_runtime_dependency(%q<rack>.freeze, [">= 3.0.0".freeze, "< 4".freeze])
              s.add_runtime_dependency(%q<mustermann>.freeze, ["~> 3.0".freeze])
              s.add_development_dependency(%q<rake>.freeze, [">= 0".freeze])
            end
            END
            printf 'Gem::Specification.new do |s|\\n  s.name = "a-b"\\n  s.add_dependency("c")\\nend\\n' >$two/a-b-1.gemspec
            echo 'puts 1' >$two/broken-1.gemspec
            """)
        #expect(found.gems.map(\.name) == ["a-b", "sinatra"])
        #expect(found.gems.map(\.needs) == [["c"], ["mustermann", "rack"]])
        #expect(found.gems.map(\.ruby) == [nil, "3.3"])
        let name = try #require(PackageName("app"))
        #expect(found.alpineDepends(of: name) == ["ruby~3.3"])
    }

    @Test(arguments: [
        ("mustermann-3.0.3.gemspec", "mustermann"), ("net-http2-0.18.5.gemspec", "net-http2"),
        ("nokogiri-1.16.7-x86_64-linux.gemspec", "nokogiri"), ("1.gemspec", nil), ("rack.gemspec", nil),
        ("rack-3.1.8.rb", nil),
    ])
    func gemOfASpecificationsName(file: String, name: String?) { #expect(RubyGem.name(ofFile: file) == name) }

    @Test("whatever a specification or metadata hold, they are read to their end")
    func survivesMutations() {
        let text = """
            Gem::Specification.new do |s|
              s.name = "sinatra".freeze
              s.add_runtime_dependency(%q<rack>.freeze, [">= 3.0.0".freeze])
            end
            Name: app
            Version: 1.0
            Requires-Dist: foo[bar] (>=1.0); python_version >= "3.8"
            """
        for bytes in Mutations(
            of: Array(text.utf8), tokens: ["s.", "%q<", ">", "\"", "Name:", ";", "(", "\n\n"], count: 1000,
            seed: 19)
        {
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(RubyGem(specification: text, at: .root)?.needs.contains("") != true)
            #expect(PythonDistribution(metadata: text, at: .root)?.needs.contains("") != true)
        }
    }
}
