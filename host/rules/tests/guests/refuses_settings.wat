;; Accepts no settings but empty ones, and says so.
(func (export "timonel:rules/rule@0.1.0#prepare") (param i32) (param $length i32) (result i32)
  (if (result i32) (local.get $length) (then (i32.const 256)) (else (i32.const 128))))
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32) (i32.const 128))
(data (i32.const 256) "\01\00\00\00\00\02\00\00\15\00\00\00") ;; an error: 21 bytes at 512
(data (i32.const 512) "`queue`: was expected")
