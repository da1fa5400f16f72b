;; Lets the host write its arguments where there is no memory.
(func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
  ;; Small ones are the settings, with which it is tried.
  (select (i32.const 65536) (i32.const 0x7f000000) (i32.lt_u (local.get $size) (i32.const 64))))
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32) (i32.const 128))
