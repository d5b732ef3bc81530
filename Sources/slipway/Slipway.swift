// SPDX-License-Identifier: Apache-2.0
@main struct Slipway { static func main() {} }
