// SPDX-License-Identifier: Apache-2.0
import Testing
import Vocabulary

@Suite struct KeyringEntryTests {
    @Test(arguments: [
        ("keys/a.rsa.pub", "def/keys/a.rsa.pub", "a.rsa.pub"),
        (
            "/etc/apk/keys/devel@example.org-1.rsa.pub", "/etc/apk/keys/devel@example.org-1.rsa.pub",
            "devel@example.org-1.rsa.pub"
        ),
        ("file:///keys/a.rsa.pub", "/keys/a.rsa.pub", "a.rsa.pub"),
        ("https://apk.example.org/keys/a.rsa.pub?x=/y#z", nil, "a.rsa.pub"),
        ("http://apk.example.org/devel%40example.org-1.rsa.pub", nil, "devel@example.org-1.rsa.pub"),
        ("https://apk.example.org/100%25%", nil, "100%%"),
    ])
    func isCalledByItsLastPart(text: String, file: String?, name: String) {
        let entry = KeyringEntry(text, relativeTo: HostPath("def"))
        #expect(entry.file?.text == file && entry.name == name)
        #expect(entry.description == file ?? text)
    }
}
