;; A measurer that says what it counts, and traps when it tidies up.
(func (export "timonel:rules/measuring@0.1.0#measure") (param i32 i32 i32 i32) (result i32) (i32.const 128))
(func (export "cabi_post_timonel:rules/measuring@0.1.0#figures") (param i32) (unreachable))
