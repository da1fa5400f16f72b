;; Puts a bell into its name.
(func (export "timonel:rules/rule@0.1.0#describe") (result i32)
  (i32.store8 (i32.const 3) (i32.const 7))
  (i32.const 64))
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32) (i32.const 128))
