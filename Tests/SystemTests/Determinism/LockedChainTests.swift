// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing

/// The chain from a lock to the repository's signature is walked beside the work. Work that is done when the chain turns
/// out broken is worth nothing: no image is listed and none is remembered.
@Suite struct LockedChainTests {
    @Test func anImageWhoseChainIsBrokenIsNotHandedOut() throws {
        let scene = try DeterminismScene()
        try scene.run(
            """
            env -i PATH="$PATH" $ENVIRONMENT "$PROGRAM" lock -q work/image.yaml >/dev/null
            python3 - <<'END'
            import json
            lock = json.load(open("work/image.lock.json"))
            lock["witness"]["repositories"][0]["indexes"][0]["digest"] = "sha256:" + "0" * 64
            json.dump(lock, open("work/image.lock.json", "w"))
            END
            for attempt in 1 2; do
                status=0
                build work/image.yaml -o out 2>log || status=$?
                [ "$status" -eq 1 ]
                grep -q 'a digest that the signed release names' log
                [ -z "$(grep -o 'sha256:' out/index.json)" ]
            done
            """)
    }
}
