# ruff: noqa: E501 – sentences and tables stay on one line; a Chinese sign counts as two columns
"""What customers complain about in how they were served, delivered to, informed and helped afterwards."""

from tuoshan.demo.catalogue import APPLIANCES, BAGS, CLOTHES, SHOES, SNACKS
from tuoshan.demo.topics import Topic

ALL = (SHOES, BAGS, APPLIANCES, CLOTHES, SNACKS)
WEARABLE = (SHOES, CLOTHES)

SERVICE = (
    Topic(
        "rude", "attitude-rude", ALL, 4, ("store",), (("conduct", "person"), ("conduct", "store")),
        ("apology", "retraining", "compensation"),
        (
            "在{store}问{product}有没有别的颜色，店员头也不抬说“自己看”，问第二遍就翻白眼。",
            "{store}收银员当着很多人说我“买不起就别试”，太欺负人了。",
            "到{store}退{product}，店员说话特别冲，说我是故意来找茬的。",
            "{store}店员在柜台聊天，等了{n}分钟没人理，提醒一句还被吼。",
            "带老人去{store}试鞋，店员嫌慢，把鞋往地上一扔就走了。",
            "{store}的店员当面笑话我脚胖，还跟同事挤眉弄眼。",
        ),
        ("调取当日监控并询问当班人员，店员确有不当言语，已承认。", "当时客流大、人手不足，店员语气生硬，未及时安抚。"),
        "当班人员停岗培训两天，门店晨会演练接待用语", gravity="low",
        wishes=("要求当面道歉。", "处理这名店员。", "希望加强培训。"), where="store",
    ),
    Topic(
        "slow", "attitude-slow", ALL, 4, ("service",), (("process", "process"), ("system", "process")),
        ("apology", "explanation", "compensation"),
        (
            "在线客服排队排了{n}分钟，好不容易接通，回了一句“您好”就没下文了。",
            "打了{n}次电话都说帮我登记，没有一个人回过我。",
            "问{product}的保修，客服让我等专员，等了{days}天专员也没影。",
            "留言三天没人看，页面上还写着“极速响应”。",
            "客服机器人翻来覆去那几句话，找人工要绕五层菜单。",
        ),
        ("系统记录显示客户来电 3 次均已登记，但回访任务未分配到人。", "当晚在线坐席 2 人，排队 60 余人，人手明显不足。"),
        "登记后自动生成带时限的回访待办，晚高峰加两个坐席", wishes=("有个人能把事情办完就行。", "给我一个准确的时间。"),
    ),
    Topic(
        "promise", "attitude-promise", ALL, 2.5, ("service",), (("conduct", "process"), ("process", "process")),
        ("apology", "compensation", "reissue"),
        (
            "客服答应{n}天内补发赠品，现在{days}天了什么都没有。",
            "说好周三给我打电话说{product}的处理结果，周五了还没打。",
            "答应的{n}元补偿券一直没到账，再问就说没有记录。",
            "门店说给我留一双{product}，我跑了一个小时过去，说已经卖了。",
        ),
        ("通话录音证实客服作过承诺，未录入系统，换班后无人跟进。", "补偿券审批停在上一级，超过时限未处理。"),
        "承诺必须录入系统并计时，换班交接逐条核对", wishes=("兑现承诺。", "道歉并补偿。"),
    ),
    Topic(
        "late", "delivery-late", ALL, 7, ("logistics",), (("transport", "carrier"), ("process", "process")),
        ("apology", "compensation", "explanation"),
        (
            "{product}下单{days}天了还停在“已揽收”，{courier}电话永远占线。",
            "急着用的{product}，页面写次日达，今天第{n}天还没到。",
            "包裹在中转站来回转了{n}圈，从隔壁市发过来走了一个星期。",
            "物流三天没更新，客服让我问{courier}，{courier}让我问卖家，踢皮球呢？",
            "{promotion}买的{product}，说七天内发货，到现在连单号都没有。",
            "孩子生日礼物{product}，生日都过了还没送到。",
            "{courier}显示派送中已经{n}天，天天派送，天天不来。",
            "预约了周六送货，在家等了一整天，晚上说改成周一，没有人提前说一声。",
        ),
        ("{courier}中转站积压，该件滞留 4 天，已催派。", "仓库波次漏单，补打面单后才出库。", "大促期间单量为平日四倍，发货时效未相应调整。"),
        "大促期间页面按实际仓配能力显示到货时间，滞留超 48 小时自动提醒", wishes=("马上送到。", "退款，不要了。", "补偿运费。"), where="web",
    ),
    Topic(
        "lost", "delivery-lost", ALL, 2.5, ("logistics",), (("transport", "carrier"),), ("reissue", "refund", "apology"),
        (
            "显示“已签收”，可我根本没收到{product}，门口、驿站、物业都问遍了。",
            "{courier}说放在门口了，监控里根本没人来过。",
            "两件包裹只到了一件，{product}那件查不到去向。",
            "物流最后一条是{days}天前，客服说可能丢了，让我再等等，还要等多久？",
        ),
        ("{courier}确认末端网点丢件，同意按价赔付。", "快递员误投至隔壁楼栋，包裹已拆封无法追回。"),
        "贵重件改为本人签收并留签收照片", wishes=("补发。", "全额退款。"), where="web",
    ),
    Topic(
        "wet", "delivery-damaged", ALL, 4.5, ("logistics",), (("transport", "carrier"), ("process", "process")),
        ("exchange", "refund", "compensation"),
        (
            "箱子湿透了，{product}的包装盒一拎就散，里面全是水汽。",
            "外箱破了个大洞，{product}边角磕掉一块，送货的放下就走。",
            "{product}到手就是碎的，箱子里一点填充都没有，就套了个塑料袋。",
            "包裹被压扁了，{product}变形合不上盖。",
            "快递箱上一个大脚印，打开{product}已经裂了。",
            "下雨天{courier}把包裹扔在楼下花坛边，{product}泡了一夜。",
        ),
        ("仓库未按标准加护角，外箱强度不足。", "{courier}装卸监控显示抛扔，责任明确。"),
        "易碎商品强制加护角与气柱袋，雨天加防水袋", wishes=("换新的。", "退款。", "补偿损失。"), picture="wet_box", where="web",
    ),
    Topic(
        "wrong", "delivery-wrong", ALL, 4.5, ("logistics",), (("process", "process"), ("conduct", "person")),
        ("exchange", "reissue", "refund"),
        (
            "买的是{product}，发来的是完全不一样的东西，连品类都不对。",
            "订单里{n}件，箱子里只有一件，少发了还显示全部签收。",
            "{product}尺码发错，要 38 发了 41，换货还让我垫运费。",
            "赠品漏发，页面写得清清楚楚买{product}送礼盒，箱子里什么都没有。",
            "发来的{product}是别人的，里面还有别人的名字和电话，我的呢？",
            "{product}少了充电器和说明书，空盒子一样，怎么用？",
        ),
        ("拣货记录与订单不符，相邻货位拿错，复核岗未扫码。", "套装配件由两个仓发出，第二个包裹未发货。"),
        "复核岗恢复逐件扫码，相邻货位不放外形相近的商品", wishes=("把对的发来。", "运费你们承担。", "退差价。"), where="web",
    ),
    Topic(
        "courier", "delivery-courier", ALL, 2, ("logistics",), (("conduct", "carrier"),), ("apology", "compensation"),
        (
            "{courier}快递员打电话一句“下来拿”，不下去就给退回，什么态度。",
            "明明在家，{courier}直接放驿站，短信都不发，过了{n}天才知道。",
            "送货师傅要我另付{n}0元上楼费，不给就把{product}放马路边。",
        ),
        ("{courier}核实派件员违规操作，已扣罚并书面致歉。", "末端网点未执行预约派送，已整改。"),
        "与承运商约定投诉扣分并按月通报", wishes=("让快递员道歉。", "退还多收的钱。"), where="web",
    ),
    Topic(
        "differs", "description-differs", ALL, 4.5, ("production",), (("information", "process"),),
        ("return_refund", "explanation", "compensation"),
        (
            "{product}页面写头层皮，收到的标签上是合成革，这不是骗人吗？",
            "图片上{product}是米白色，收到是土黄色，差得太远了。",
            "{product}标的容量和实际差一大截，装都装不下。",
            "详情页说{product}可以机洗，洗标上写不可机洗，到底听谁的？",
            "页面写{product}有五个档，实物只有三个档。",
            "宣传的{product}净含量 500 克，称了一下只有 4{n}0 克。",
        ),
        ("详情页沿用上一代参数未更新，与实物不符，属实。", "图片调色偏差较大，已重拍。"),
        "换代商品上架前由采购与运营双人核对详情页", wishes=("退货退款，运费你们出。", "按虚假宣传赔偿。"), picture="screenshot",
    ),
    Topic(
        "size", "description-size", WEARABLE, 3, ("production",), (("information", "process"), ("use", "customer")),
        ("exchange", "return_refund", "explanation"),
        (
            "{product}按尺码表买的，整整小了一号，脚趾都顶着。",
            "{product}写着正码，收到肩宽差了{n}厘米，根本穿不上。",
            "同一个码，上次买的{product}合适，这次就大一圈，你们尺码是随机的吗？",
            "标的黑色，收到是深蓝，室内看不出来，出门才发现。",
        ),
        ("尺码表与实物样衣相差 2 厘米，已更正。", "实测在公差范围内，版型偏瘦，页面未提示。"),
        "尺码表改为按批次实测更新", wishes=("换大一号，免运费。", "退货。"),
    ),
    Topic(
        "price", "description-price", ALL, 3.5, ("service",), (("information", "process"), ("system", "process")),
        ("compensation", "refund", "explanation"),
        (
            "昨天{price}元买的{product}，今天就降了{n}十块，要求退差价。",
            "{store}标价签写的和收银扫出来的不一样，多收了我{n}元。",
            "{promotion}说满减，结算时{product}不参加，页面上找不到一个字的说明。",
            "客服承诺保价十五天，申请的时候又说活动商品不保价。",
        ),
        ("核对价格日志，客户购买后 18 小时降价，在保价期内。", "价签未随系统调价更换，门店漏换 6 张。"),
        "调价单与价签打印联动，换签后拍照确认", wishes=("退差价。", "按标价执行。"),
    ),
    Topic(
        "promotion", "description-promotion", ALL, 2.5, ("service",), (("system", "process"), ("process", "process")),
        ("compensation", "apology", "explanation"),
        (
            "{promotion}抢到的券用不了，提示“已失效”，可页面上还写着有效到月底。",
            "付定金说能抵双倍，尾款的时候{product}只抵了一倍。",
            "会员日积分没有翻倍，问了两次都说系统延迟，一个月了还延迟？",
        ),
        ("券批次有效期设置错误，影响 212 张，已统一补发。", "定金规则配置漏勾，系统未按双倍抵扣。"),
        "促销规则上线前做结算演练", wishes=("补回优惠。", "退差额。"),
    ),
    Topic(
        "invoice", "description-invoice", ALL, 1.3, ("service",), (("process", "process"),), ("explanation", "apology"),
        (
            "买{product}要开发票，客服说下月开，这都第二个月了。",
            "发票抬头开错了两次，报销期限都要过了。",
            "电子发票发到一个我没见过的邮箱，联系了{n}次都没重开。",
        ),
        ("开票申请停留在待审核，财务未收到提醒。", "录入时邮箱少一位，已重开并发送。"), "开票申请超过 3 天自动提醒", wishes=("尽快开出正确的发票。",),
    ),
    Topic(
        "install", "installation-late", (APPLIANCES,), 2, ("technical",), (("process", "process"), ("conduct", "carrier")),
        ("redo_service", "apology", "compensation"),
        (
            "{product}约好上午上门安装，等到晚上七点没人来，电话也打不通。",
            "安装师傅改了{n}次时间，我请了两次假。",
            "师傅装{product}把墙砖敲裂一块，说不归他管。",
            "安装要收{n}0元材料费，页面写的是免费安装。",
        ),
        ("安装工单派出后师傅临时请假，未改派。", "材料费确应由公司承担，师傅违规收取。"),
        "安装改派超过 2 小时自动提醒，收费项目上墙公示", wishes=("今天必须来装。", "退还收费。", "赔偿墙砖。"),
    ),
    Topic(
        "again", "installation-repeat", (APPLIANCES,), 2, ("technical",), (("workmanship", "process"), ("material", "supplier")),
        ("exchange", "return_refund", "repair"),
        (
            "{product}修了{n}次了，同一个毛病又犯，不想再修了。",
            "上个月刚修好的{product}，用了{days}天又不加热。",
            "返修回来的{product}比送去之前响声还大，是不是根本没修？",
        ),
        ("两次维修更换同一部件，未查明电源板问题，属维修不彻底。", "返修件未做满载测试即发出。"),
        "同一故障二次返修必须换机评审", gravity="middle", wishes=("换新机。", "退货。"), picture="appliance",
    ),
    Topic(
        "return", "aftersales-return", ALL, 3, ("service", "store"), (("process", "store"), ("information", "process")),
        ("return_refund", "apology", "explanation"),
        (
            "{product}没拆封，七天内退货，{store}说“打折商品不退不换”。",
            "退{product}被要求拍各种视频，拍了{n}次都说不合格。",
            "申请退货被拒，理由写“影响二次销售”，可我只打开看了一眼。",
            "退回的{product}你们签收{days}天了，系统还显示“待商家收货”。",
        ),
        ("门店口径有误，网购商品符合七日无理由退货条件。", "退货签收后未及时质检入库。"),
        "门店张贴统一退换货口径，退货签收 24 小时内质检", wishes=("同意退货。", "马上退款。"),
    ),
    Topic(
        "refund", "aftersales-refund", ALL, 3, ("service",), (("process", "process"), ("system", "process")),
        ("refund", "apology", "compensation"),
        (
            "{product}退货成功{days}天了，退款还没到账。",
            "退款少了{n}元，客服说是运费，可明明是你们发错的。",
            "退款退到了一张已经注销的卡里，没人告诉我怎么办。",
            "说三到五个工作日到账，今天第{n}个工作日了还在“处理中”。",
        ),
        ("退款批次支付失败未重试，款项仍在待退状态。", "运费扣减规则误用，应由公司承担。"), "退款失败自动重试并在当日报出清单", wishes=("立刻退款。", "补足差额。"),
    ),
    Topic(
        "warranty", "aftersales-warranty", (APPLIANCES, SHOES, BAGS), 2, ("qa",), (("process", "process"), ("use", "customer")),
        ("repair", "explanation"),
        (
            "{product}保修期内，维修点说人为损坏要收费，我根本没摔过。",
            "{product}保修卡没有盖章，{store}不给补，维修点不给修。",
            "三包卡上写三个月，客服说鞋底只保一个月，以哪个为准？",
        ),
        ("拆机照片显示进水痕迹，不属保修范围，已附照片说明。", "门店漏盖章，凭购物记录可以保修。"), "保修凭订单号核验，不再以盖章为准", wishes=("免费维修。", "讲清楚规定。"),
    ),
    Topic(
        "privacy", "other-privacy", ALL, 1, ("service", "logistics"), (("conduct", "person"), ("process", "process")),
        ("apology", "explanation", "retraining"),
        (
            "给了差评以后，有陌生人打电话让我删掉，我的电话是谁给的？",
            "快递面单把我的名字、电话、门牌号全印上了，垃圾桶里一翻都是。",
        ),
        ("核实为门店人员私自联系，违反个人信息规定。", "面单模板未启用隐藏号码，已更换。"), "面单一律隐藏号码，查看客户电话留痕",
        gravity="middle", wishes=("说明是谁泄露的。", "删除我的信息并道歉。"),
    ),
    Topic(
        "idea", "other-suggestion", ALL, 1.5, ("service",), (("none_found", "none"),), ("explanation", "apology"),
        (
            "{store}的试衣间没有挂钩，包只能放地上，希望改一改。",
            "{product}的说明书字太小，老人看不清，能不能出个大字版？",
            "建议客服电话别让人按那么多键，听完一遍菜单要两分钟。",
        ),
        ("建议合理，已转相关部门评估。",), "按月汇总建议并公布采纳情况", wishes=("希望采纳。",),
    ),
)  # fmt: skip
