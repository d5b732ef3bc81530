// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

@testable import Building

@Suite struct PerlSourceTests {
    private static let cases = [
        ("a module", "use Foo::Bar;", "Foo::Bar"),
        ("with a version and a list", "use Foo 1.2 qw(a b);\nuse Bar ();", "Bar Foo"),
        ("required", "require Foo::Bar;", "Foo::Bar"),
        ("two on a line", "use strict; use Foo;", "Foo strict"),
        (
            "what classes are made of", "use parent qw(A::B C);\nuse base 'D::E', \"F\";",
            "A::B C D::E F base parent"
        ),
        ("what is in the same file", "use parent -norequire, 'A::B';", "parent"),
        ("Perl itself", "use v5.36;\nuse 5.010_001;\nrequire 5.006;", ""),
        ("a file", "require 'config.pl';\nrequire \"x.pl\";", ""),
        ("on a condition", "use if $^O eq 'MSWin32', 'Win32';\nrequire Foo unless $x;", ""),
        ("in a block", "eval {\n  require Foo;\n};\nif (1) {\n\tuse Bar;\n}", ""),
        ("in a comment", "# use Foo;", ""),
        ("a word that begins so", "user Foo;\nuseful;\nused(1);", ""),
        ("in pod", "=head1 SYNOPSIS\n\nuse Foo;\n\n=cut\nuse Bar;", "Bar"),
        ("pod in pod", "=pod\n\n=head1 X\n\nuse Foo;\n\n=cut", ""),
        ("a number that is no pod", "my $x\n=1;\nuse Foo;", "Foo"),
        ("after the end", "use Foo;\n__END__\nuse Bar;", "Foo"),
        ("in a here-document", "print <<END;\nuse Foo;\nEND\nuse Bar;", "Bar"),
        ("in one with quotes and indentation", "print <<~'E O';\nuse Foo;\n  E O\nuse Bar;", "Bar"),
        ("after a shift", "my $x = 1 << 3;\nuse Foo;", "Foo"),
        ("with other line ends", "use Foo;\r\nuse Bar;\r\n", "Bar Foo"),
    ]

    @Test("what a file loads whatever happens", arguments: cases)
    func modules(name: String, source: String, expected: String) {
        #expect(PerlSource.modules(in: source).sorted().joined(separator: " ") == expected, "\(name)")
    }

    @Test("whatever a file holds, modules have names that are none of paths'")
    func survivesMutations() {
        let source = Self.cases.map(\.1).joined(separator: "\n")
        for bytes in Mutations(
            of: Array(source.utf8),
            tokens: ["use ", "require ", "::", "<<E\n", "=pod\n", ";", "qw(", "\u{0}", "../"],
            count: 1000, seed: 17)
        {
            let found = PerlSource.modules(in: String(decoding: bytes, as: UTF8.self))
            #expect(found.allSatisfy { !$0.isEmpty && !$0.contains("/") && !$0.contains(".") })
        }
    }
}
