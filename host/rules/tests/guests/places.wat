;; An honest router: everything goes to the queue `sales`, with priority 7.
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32) (i32.const 256))
(data (i32.const 260) "\01")                     ;; a place
(data (i32.const 264) "\00\02\00\00\05\00\00\00") ;; queue: 5 bytes at 512
(data (i32.const 280) "\07")                     ;; priority
(data (i32.const 308) "\20\02\00\00\04\00\00\00") ;; reason: 4 bytes at 544
(data (i32.const 512) "sales")
(data (i32.const 544) "test")
