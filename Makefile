# SPDX-License-Identifier: Apache-2.0
# Each target is one line or one script; `make demo` and `make test` work alone from a fresh clone.
.PHONY: demo test check bench deep fuzz install tools build clean

demo: tools ; @Scripts/demo.sh
test: tools ; @Scripts/test.sh
check:      ; @Scripts/check.sh
bench: tools ; @Scripts/bench.sh
deep: tools ; @SLIPWAY_DEEP=1 Scripts/test.sh
fuzz: tools ; @SLIPWAY_FUZZ=1 Scripts/test.sh --filter Mutation
install: tools ; @Scripts/install.sh
tools:      ; @Scripts/tools.sh
build: tools ; swift build
clean:      ; rm -rf .build out
