"""The enumerations of the dossier: every code with its label in both languages."""

from __future__ import annotations

from types import MappingProxyType

from compliance.language import Bilingual


def _codes(**labels: tuple[str, str]) -> MappingProxyType[str, Bilingual]:
    return MappingProxyType({code: Bilingual(*both) for code, both in labels.items()})


KINDS = _codes(
    algorithm=("algorithm filing", "算法备案"),
    generative=("generative-service filing", "生成式人工智能服务备案"),
    registration=("registration", "登记"),
)
ACTIONS = _codes(initial=("initial", "首次"), change=("change", "变更"), cancellation=("cancellation", "注销"))
ENTITY_TYPES = _codes(
    company=("company", "企业"),
    institution=("public institution", "事业单位"),
    government=("government body", "机关"),
    association=("association", "社会团体"),
    individual_business=("individual business", "个体工商户"),
)
GOVERNANCE = _codes(
    self_assessment=("algorithm self-assessment system", "算法安全自评估制度"),
    monitoring=("algorithm monitoring system", "算法安全监测制度"),
    incident_response=("incident response system", "算法安全事件应急处置制度"),
    violation_handling=("violation handling system", "算法违法违规处置制度"),
    ethics_review=("science and technology ethics review", "科技伦理审查"),
    data_protection=("data and personal information protection", "数据安全和个人信息保护"),
)
FORMS = _codes(
    website=("website", "网站"),
    app=("app", "应用程序"),
    mini_program=("mini program", "小程序"),
    desktop=("desktop program", "桌面应用"),
    public_account=("public account", "公众号"),
    plugin=("plug-in", "插件"),
    api=("API", "可编程接口"),
    on_device=("on device", "端侧"),
    other=("other", "其他"),
)
DOMAINS = _codes(
    general=("general", "通用"),
    medical=("medical", "医疗"),
    psychological=("psychological", "心理咨询"),
    finance=("finance", "金融"),
    education=("education", "教育"),
    news=("news", "新闻"),
    government=("government", "政务"),
    legal=("legal", "法律"),
    ecommerce=("e-commerce", "电子商务"),
    entertainment=("entertainment", "娱乐"),
    industrial=("industrial", "工业"),
    other=("other", "其他"),
)
FUNCTIONS = _codes(
    dialogue=("dialogue", "对话"),
    text_generation=("text generation", "文本生成"),
    image_generation=("image generation", "图像生成"),
    audio_generation=("audio generation", "音频生成"),
    video_generation=("video generation", "视频生成"),
    code_generation=("code generation", "代码生成"),
    virtual_scene=("virtual scene", "虚拟场景"),
    face_edit=("face editing", "人脸编辑"),
    voice_edit=("voice editing", "人声编辑"),
    recommendation=("recommendation", "推荐"),
    search=("search", "搜索"),
    dispatch=("dispatch", "调度"),
)
PERMIT_KINDS = _codes(
    news=("news", "新闻"),
    medical=("medical", "医疗"),
    finance=("finance", "金融"),
    education=("education", "教育"),
    publishing=("publishing", "出版"),
    other=("other", "其他"),
)
IDENTITY_VERIFICATION = _codes(
    phone=("mobile number", "手机号码"),
    id_number=("ID number", "身份证件号码"),
    uscc=("unified social credit code", "统一社会信用代码"),
    network_id=("national network ID", "国家网络身份认证"),
    none=("none", "无"),
)
ALGORITHM_TYPES = _codes(
    generation=("generation and synthesis", "生成合成"),
    personalized_push=("personalized push", "个性化推送"),
    ranking=("ranking and selection", "排序精选"),
    search_filter=("search and filtering", "检索过滤"),
    dispatch=("dispatch and decision", "调度决策"),
)
ROLES = _codes(
    provider=("service provider", "服务提供者"),
    technical_supporter=("technical supporter", "服务技术支持者"),
)
MODALITIES = _codes(text=("text", "文本"), image=("image", "图片"), audio=("audio", "音频"), video=("video", "视频"))
LABEL_MODALITIES = MappingProxyType({**MODALITIES, "virtual_scene": Bilingual("virtual scene", "虚拟场景")})
ACCESS = _codes(
    own_deployment=("own deployment", "自行部署"),
    third_party_api=("third-party API", "第三方接口"),
    on_device=("on device", "端侧"),
)
DEVELOPMENT = _codes(from_scratch=("from scratch", "自研"), derived=("derived", "基于其他模型"))
LICENSE_TERMS = _codes(
    agreement_copy=("copy of the agreement", "附许可协议副本"),
    notice_file=("notice file", "附声明文件"),
    built_with_display=("“built with” display", "显示“Built with”标识"),
    changes_marked=("changes marked", "标明修改"),
    use_policy_passed_on=("use policy passed on", "传递使用政策"),
    commercial_license=("commercial license", "商业许可"),
)
RELATIONS = _codes(
    finetune=("fine-tuning", "微调"),
    continued_pretraining=("continued pretraining", "继续预训练"),
    adapter=("adapter", "适配器"),
    merge=("merge", "合并"),
    quantized=("quantization", "量化"),
    distillation=("distillation", "蒸馏"),
    pruning=("pruning", "剪枝"),
    draft_model=("draft model for speculative decoding", "投机解码草稿模型"),
    architecture_only=("architecture only", "仅架构"),
    api_call=("API call", "接口调用"),
)
OWNERSHIP = _codes(owned=("owned", "自有"), leased=("leased", "租用"), cloud=("cloud", "云服务"))
STAGES = _codes(pretraining=("pretraining", "预训练"), optimization=("optimization training", "优化训练"))
SOURCE_TYPES = _codes(
    open_source=("open source", "开源"),
    self_collected=("self-collected", "自采"),
    commercial=("commercial", "商业"),
    user_input=("user input", "使用者输入"),
    synthetic=("synthetic", "合成"),
)
ORIGINS = _codes(domestic=("domestic", "境内"), overseas=("overseas", "境外"))
PROOFS = _codes(
    license=("license", "许可"),
    collection_record=("collection record", "采集记录"),
    contract=("contract", "合同"),
    supplier_commitment=("supplier commitment", "供应方承诺"),
    user_authorization=("user authorization", "使用者授权"),
    generation_record=("generation record", "生成记录"),
)
FILTERS = _codes(keywords=("keywords", "关键词"), classifier=("classifier", "分类模型"), manual=("manual", "人工"))
PERSONAL_INFORMATION_BASES = _codes(consent=("consent", "同意"), law=("law", "法律规定"), none=("none", "无"))
STANDARDS = MappingProxyType(
    {name: Bilingual(name, name) for name in ("TC260-003-2024", "GB/T 45654-2025")},
)
ASSESSORS = _codes(self=("self", "自行"), third_party=("third party", "第三方"))
CONCLUSIONS = _codes(conforming=("conforming", "符合"), non_conforming=("non-conforming", "不符合"))
SIGNATORIES = _codes(
    legal_representative=("legal representative", "法定代表人"),
    security_lead=("head of security assessment", "安全评估负责人"),
    legality_lead=("head of legality assessment", "合法性评估负责人"),
)
ASPECTS = _codes(
    institution=("institution", "制度"),
    belief=("belief", "信仰"),
    image=("image", "形象"),
    culture=("culture", "文化"),
    custom=("custom", "习俗"),
    ethnicity=("ethnicity", "民族"),
    geography=("geography", "地理"),
    history=("history", "历史"),
    heroes=("heroes", "英烈"),
    gender=("gender", "性别"),
    age=("age", "年龄"),
    occupation=("occupation", "职业"),
    health=("health", "健康"),
)
DOCUMENT_KINDS = _codes(
    commitment_letter=("commitment letter", "算法备案承诺书"),
    responsibility_statement=("statement on algorithm security responsibility", "落实算法安全主体责任基本情况"),
    algorithm_self_assessment=("algorithm self-assessment report", "算法安全自评估报告"),
    publicity_content=("content to be publicized", "拟公示内容"),
    officer_proof=("proof of employment of the security officer", "算法安全责任人工作证明"),
    business_license=("business license", "营业执照"),
    security_assessment_report=("security assessment report", "安全评估报告"),
    service_agreement=("model service agreement", "模型服务协议"),
    privacy_policy=("privacy policy", "隐私保护政策"),
    annotation_rules=("annotation rules", "语料标注规则"),
    keyword_list=("list of blocked keywords", "拦截关键词列表"),
    test_questions=("test questions", "评估测试题"),
    called_model_statement=("statement on the called filed model", "调用已备案模型情况说明及证明"),
    content_safety_system=("content safety management system", "内容安全管理制度"),
    label_materials=("labeling materials", "标识相关材料"),
    continuity_statement=("compute continuity statement", "算力断供应对说明"),
    corpus_proof=("proof of corpus source", "语料来源证明"),
    other=("other", "其他"),
)
