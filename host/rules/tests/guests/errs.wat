;; Returns an error of its own.
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32) (i32.const 256))
(data (i32.const 256) "\01\00\00\00\00\02\00\00\0c\00\00\00") ;; 12 bytes at 512
(data (i32.const 512) "not my fault")
