// SPDX-License-Identifier: Apache-2.0

/// The one style sheet: light and dark by the reader's preference, from 320 px up, no colour without words.
enum Stylesheet {
    static let text = """
        :root { color-scheme: light dark; --ink: #16202b; --soft: #51606f; --paper: #ffffff; --shade: #f2f5f8;
          --line: #d5dde5; --link: #0b5cad; --good: #0a6b3d; --bad: #a3231b; --warn: #7a4b00; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #a3b1bf; --paper: #0f151b;
          --shade: #18212a; --line: #2c3945; --link: #7cb8ff; --good: #6fd39b; --bad: #ff9b92; --warn: #f0c070; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
        header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; padding: 1rem;
          border-bottom: 1px solid var(--line); color: var(--soft); }
        .brand { font-weight: 700; font-size: 1.15rem; color: var(--ink); text-decoration: none; }
        footer { padding: 2rem 1rem; color: var(--soft); }
        h1 { font-size: 1.8rem; margin: 1.5rem 0 .25rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
        .lead { color: var(--soft); margin: 0 0 1rem; }
        a { color: var(--link); }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .5rem; }
        .scroll { overflow-x: auto; }
        .scroll + .scroll { margin-top: 1rem; }
        table { border-collapse: collapse; width: 100%; font-size: .95rem; }
        caption { text-align: left; color: var(--soft); padding: .25rem 0; font-size: .85rem; }
        th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line); }
        th { font-weight: 600; white-space: nowrap; }
        code { font: .9em ui-monospace, monospace; }
        .digest { overflow-wrap: anywhere; }
        pre { background: var(--shade); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem;
          white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0; }
        .tag { background: var(--shade); border: 1px solid var(--line); border-radius: .3rem; padding: .05rem .35rem; margin-right: .3rem; }
        .chip { border: 1px solid currentColor; border-radius: 1rem; padding: 0 .55rem; font-size: .8rem; white-space: nowrap; }
        .chip.published, .chip.unchanged, .chip.released { color: var(--good); }
        .chip.refused, .chip.failed { color: var(--bad); }
        .chip.held, .chip.rolled-back, .chip.warn { color: var(--warn); }
        .history { list-style: none; padding: 0; }
        .history li { border-left: 3px solid var(--line); padding: .1rem 0 .1rem .9rem; margin: 0 0 .9rem; }
        .history p { margin: .15rem 0; overflow-wrap: anywhere; }
        .fine { color: var(--soft); font-size: .85rem; }
        summary { cursor: pointer; padding: .3rem 0; }
        @media (max-width: 44rem) {
          thead { position: absolute; left: -100rem; }
          table, caption, tbody, tr, td { display: block; }
          tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
          td { border: 0; padding: .1rem 0 .1rem 7rem; position: relative; min-height: 1.7em; overflow-wrap: anywhere; }
          td::before { content: attr(data-label); position: absolute; left: 0; color: var(--soft); font-size: .85rem; }
        }
        @media print { details > * { display: block; } header, footer { border: 0; } }

        """
}
